import type { TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { Inbox, InboxMark, Notification } from '@/api/types';
import { answerOf, api } from '@/lib/api';

const MOST = 100;
const EMPTY: Inbox = { unreadNotificationCount: 0, notifications: [] };

export const inboxQuery = queryOptions({
  queryKey: ['inbox'],
  queryFn: async () =>
    (await answerOf(() => api.GET('/api/v2/notifications', { params: { query: { limit: MOST } } }))).data ?? EMPTY,
  meta: { handled: true },
});

/** Marks, or takes the mark away; the answer is the inbox as it is then. */
export function useMark() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, notes }: { action: InboxMark; notes: readonly Notification[] }) =>
      answerOf(() =>
        api.PUT('/api/v2/notifications', {
          params: { query: { limit: MOST } },
          body: { action, notifications: notes.map(({ predictable_id }) => ({ predictable_id })) },
        }),
      ),
    meta: { handled: true },
    onSuccess: ({ data }) => client.setQueryData(inboxQuery.queryKey, data ?? EMPTY),
  });
}

/** The bell of every page, looked at every so many seconds; none where the site has no inbox. */
export function useInboxBell(every: number | null): TopNavigationProps.ButtonUtility[] {
  const navigate = useNavigate();
  const inbox = useQuery({ ...inboxQuery, enabled: every !== null, refetchInterval: (every ?? 0) * 1000 });
  if (every === null) return [];
  const unread = inbox.data?.unreadNotificationCount ?? 0;
  const text = unread === 0 ? 'Notifications' : `Notifications, ${String(unread)} unread`;
  return [
    {
      type: 'button',
      iconName: 'notification',
      badge: unread > 0,
      disableUtilityCollapse: true,
      title: text,
      ariaLabel: text,
      href: '/notifications',
      onFollow: (event) => {
        event.preventDefault();
        void navigate('/notifications');
      },
    },
  ];
}
