import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Inbox, Notification } from '@/api/types';
import { expectAccessible } from '@/testing/accessible';
import { profile, ROLE_ARN } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const WANTED = { role: ROLE_ARN, updated_policy: JSON.stringify({ Version: '2012-10-17', Statement: [] }) };

function note(part: Partial<Notification> = {}): Notification {
  return {
    predictable_id: 'n1',
    type: 'cloudtrail_generated_policy',
    users_or_groups: ['payments'],
    event_time: 1_800_000_000,
    expiration: 1_800_086_400,
    header: 'Access denied to app-deployer',
    message: '**app-deployer** was denied `sqs:SendMessage` on `orders`.',
    message_actions: [
      {
        http_method: 'get',
        uri: `/selfservice?encoded_request=${encodeURIComponent(btoa(JSON.stringify(WANTED)))}`,
        text: 'Review and ask for it',
      },
    ],
    details: {},
    read_by_users: [],
    read_by_all: false,
    hidden_for_users: [],
    hidden_for_all: false,
    read_for_current_user: false,
    version: 1,
    ...part,
  };
}

function answer(...notifications: Notification[]) {
  const data: Inbox = {
    unreadNotificationCount: notifications.filter(({ read_for_current_user: read }) => !read).length,
    notifications,
  };
  return { status: 'success', status_code: 200, data };
}

/** The service's inbox: what a mark does to it is the test's affair. */
function inbox(before: Notification[], after: Notification[] = before): unknown[] {
  const marked: unknown[] = [];
  server.use(
    http.get('/api/v2/user_profile', ({ response }) =>
      response(200).json(profile({ site_config: { notifications: { enabled: true, request_interval: 60 } } })),
    ),
    http.get('/api/v2/notifications', ({ response }) => response(200).json(answer(...before))),
    http.put('/api/v2/notifications', async ({ request, response }) => {
      marked.push(await request.json());
      return response(200).json(answer(...after));
    }),
  );
  return marked;
}

describe('the inbox', () => {
  it('rings the bell, tells what happened, and goes to the request with the policy filled in', async () => {
    inbox([note()]);
    const { user, at } = renderApp('/');
    const bells = await screen.findAllByRole('link', { name: 'Notifications, 1 unread' });
    for (const bell of bells.slice(0, 1)) await user.click(bell);
    expect(await screen.findByText('sqs:SendMessage')).toBeDefined();
    expect(screen.getByText(/for payments/)).toBeDefined();
    expect(document.title).toBe('Notifications · ConsoleMe');
    await expectAccessible();
    await user.click(screen.getByRole('link', { name: 'Review and ask for it' }));
    await waitFor(() => expect(at()).toMatch(/^\/selfservice\?encoded_request=/));
  });

  it('marks one as read, and all', async () => {
    const marked = inbox([note(), note({ predictable_id: 'n2' })], [note({ read_for_current_user: true })]);
    const { user } = renderApp('/notifications');
    await user.click(await screen.findByRole('button', { name: 'Mark all as read' }));
    expect(await screen.findByRole('button', { name: /^Mark as unread/ })).toBeDefined();
    await user.click(screen.getByRole('button', { name: /^Hide:/ }));
    await waitFor(() => expect(marked).toHaveLength(2));
    expect(marked).toEqual([
      {
        action: 'toggle_read_for_current_user',
        notifications: [{ predictable_id: 'n1' }, { predictable_id: 'n2' }],
      },
      { action: 'toggle_hidden_for_current_user', notifications: [{ predictable_id: 'n1' }] },
    ]);
  });

  it('says that there is nothing, and what would be here', async () => {
    inbox([]);
    renderApp('/notifications');
    expect(await screen.findByText('Nothing to read')).toBeDefined();
    expect(screen.getAllByRole('link', { name: 'Notifications' })).not.toEqual([]);
  });

  it('offers no step that leads elsewhere', async () => {
    inbox([note({ message_actions: [{ uri: 'https://elsewhere.example/', text: 'Go there' }] })]);
    renderApp('/notifications');
    await screen.findByText('sqs:SendMessage');
    expect(screen.queryByText('Go there')).toBeNull();
  });

  it('shows why a mark was refused', async () => {
    inbox([note()]);
    server.use(http.put('/api/v2/notifications', ({ response }) => response.untyped(refusal(403, 'Not for you.'))));
    const { user } = renderApp('/notifications');
    await user.click(await screen.findByRole('button', { name: /^Mark as read/ }));
    expect(await screen.findByText('Not for you.')).toBeDefined();
  });

  it('is not there where the site has none', async () => {
    renderApp('/');
    await screen.findAllByText('payments-test');
    expect(screen.queryByRole('link', { name: /^Notifications/ })).toBeNull();
  });
});
