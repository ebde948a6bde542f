import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { siteOf } from '@/api/site';
import type { UserProfile } from '@/api/types';
import { useInboxBell } from '@/features/notifications/api/notifications';
import { HeaderSearch } from '@/features/search/components/header-search';
import { answerOf, api } from '@/lib/api';
import { useLeave } from '@/lib/leave';
import { PRODUCT } from '@/lib/page-title';
import { chooseTheme, type Theme, useTheme } from '@/lib/theme';
import { webAddress } from '@/lib/urls';

const THEMES: readonly { id: Theme; text: string }[] = [
  { id: 'system', text: 'Like the system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
];

function useSignOut() {
  const client = useQueryClient();
  const leave = useLeave();
  return useMutation({
    mutationFn: () => answerOf(() => api.GET('/api/v2/logout')),
    onSuccess(answer) {
      client.clear();
      leave(webAddress(answer.redirect_url)?.href ?? '/');
    },
  });
}

function themeMenu(theme: Theme): TopNavigationProps.MenuDropdownUtility {
  return {
    type: 'menu-dropdown',
    iconName: 'settings',
    disableUtilityCollapse: true,
    ariaLabel: 'Appearance',
    title: 'Appearance',
    items: THEMES.map(({ id, text }) => ({ itemType: 'checkbox' as const, id, text, checked: id === theme })),
    onItemClick: ({ detail }) => chooseTheme(THEMES.find(({ id }) => id === detail.id)?.id ?? 'system'),
  };
}

export function TopBar({ profile }: { profile: UserProfile }) {
  const navigate = useNavigate();
  const theme = useTheme();
  const signOut = useSignOut();
  const bell = useInboxBell(siteOf(profile).inboxEvery);
  const personMenu: TopNavigationProps.MenuDropdownUtility = {
    type: 'menu-dropdown',
    iconName: 'user-profile',
    disableUtilityCollapse: true,
    text: profile.user,
    description: profile.user,
    ariaLabel: `Signed in as ${profile.user}`,
    items: [
      { id: 'sessions', text: 'Sessions', href: '/sessions' },
      { id: 'preferences', text: 'Notification preferences', href: '/preferences' },
      profile.can_logout !== false
        ? { id: 'sign-out', text: 'Sign out' }
        : { id: 'none', text: 'Sign-out is at your identity provider', disabled: true },
    ],
    onItemFollow: (event) => {
      event.preventDefault();
      void navigate(event.detail.href ?? '/');
    },
    onItemClick: ({ detail }) => {
      if (detail.id === 'sign-out') signOut.mutate();
    },
  };
  return (
    <TopNavigation
      identity={{
        href: '/',
        title: PRODUCT,
        onFollow: (event) => {
          event.preventDefault();
          void navigate('/');
        },
      }}
      search={<HeaderSearch />}
      i18nStrings={{
        searchIconAriaLabel: 'Open the search box',
        searchDismissIconAriaLabel: 'Close the search box',
        overflowMenuTriggerText: 'More',
        overflowMenuTitleText: 'All',
        overflowMenuBackIconAriaLabel: 'Back',
        overflowMenuDismissIconAriaLabel: 'Close',
      }}
      utilities={[...bell, themeMenu(theme), personMenu]}
    />
  );
}
