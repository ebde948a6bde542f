import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { useLocation, useNavigate } from 'react-router';
import { isAdministrator, isPageEnabled, mayCreateRoles, mayOperate, siteOf } from '@/api/site';
import type { UserProfile } from '@/api/types';
import { parseArn } from '@/lib/arn';
import { useRecentRoles } from '@/lib/recent-roles';
import { webAddress } from '@/lib/urls';

const PAGES: SideNavigationProps.Item[] = [
  { type: 'link', text: 'Roles', href: '/' },
  { type: 'link', text: 'Requests', href: '/requests' },
  { type: 'link', text: 'Resources', href: '/policies' },
  { type: 'link', text: 'Inventory', href: '/inventory' },
];

const NEW_ROLE: SideNavigationProps.Item = { type: 'link', text: 'New role', href: '/create_role' };
const AUDIT: SideNavigationProps.Item = { type: 'link', text: 'Audit log', href: '/audit' };
const CONFIGURATION: SideNavigationProps.Item = { type: 'link', text: 'Configuration', href: '/config' };
const OPERATIONS: SideNavigationProps.Item = { type: 'link', text: 'Operations', href: '/operations' };
const CHECKS: SideNavigationProps.Item = { type: 'link', text: 'Checks', href: '/checks' };

function recentItems(arns: readonly string[], accounts: Readonly<Record<string, string>>): SideNavigationProps.Item[] {
  if (arns.length === 0) return [];
  const items = arns.map((arn): SideNavigationProps.Link => {
    const parsed = parseArn(arn);
    const account = accounts[parsed?.account ?? ''] ?? parsed?.account ?? '';
    return { type: 'link', text: `${parsed?.name ?? arn} · ${account}`, href: `/role/${arn}`, external: true };
  });
  return [{ type: 'divider' }, { type: 'section-group', title: 'Recent roles', items }];
}

function helpItems(profile: UserProfile): SideNavigationProps.Item[] {
  const site = siteOf(profile);
  const links: [string, string | null][] = [
    ['Documentation', site.documentationUrl],
    ['Support chat', site.supportChatUrl],
  ];
  const items = links.flatMap(([text, url]): SideNavigationProps.Link[] => {
    const address = webAddress(url);
    return address === null ? [] : [{ type: 'link', text, href: address.href, external: true }];
  });
  const contact = site.supportContact;
  if (contact?.includes('@') === true)
    items.push({ type: 'link', text: `Support: ${contact}`, href: `mailto:${contact}` });
  return items.length === 0 ? [] : [{ type: 'divider' }, ...items];
}

function activeHref(pathname: string): string {
  if (pathname.startsWith('/audit')) return '/audit';
  if (pathname.startsWith('/inventory')) return '/inventory';
  if (pathname.startsWith('/requests') || pathname.startsWith('/policies/request')) return '/requests';
  return pathname.startsWith('/policies') ? '/policies' : pathname;
}

export function Navigation({ profile }: { profile: UserProfile }) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const recent = useRecentRoles();
  return (
    <SideNavigation
      activeHref={activeHref(pathname)}
      items={[
        ...PAGES,
        ...(mayCreateRoles(profile) ? [NEW_ROLE] : []),
        ...(isPageEnabled(profile, 'audit') ? [AUDIT] : []),
        ...(isPageEnabled(profile, 'config') ? [CONFIGURATION] : []),
        ...(mayOperate(profile) ? [OPERATIONS] : []),
        ...(isAdministrator(profile) ? [CHECKS] : []),
        ...recentItems(recent, profile.accounts),
        ...helpItems(profile),
      ]}
      onFollow={(event) => {
        if (event.detail.external === true || !event.detail.href.startsWith('/')) return;
        event.preventDefault();
        void navigate(event.detail.href);
      }}
    />
  );
}
