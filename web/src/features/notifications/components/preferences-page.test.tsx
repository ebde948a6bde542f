import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Preferences, ShownPreferences } from '@/api/types';
import { expectAccessible } from '@/testing/accessible';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const ALL = { requester: true, decides: true };

function preferences(channels: Partial<ShownPreferences['channels']> = {}): Preferences[] {
  const saved: Preferences[] = [];
  const ways = { slack: true, slack_name: 'Ada', email: true, ...channels };
  server.use(
    http.get('/api/v2/notifications/preferences', ({ response }) =>
      response(200).json({ preferences: { slack: ALL, email: ALL }, channels: ways }),
    ),
    http.put('/api/v2/notifications/preferences', async ({ request, response }) => {
      const wanted = await request.json();
      saved.push(wanted);
      return response(200).json({ preferences: { slack: ALL, email: ALL, ...wanted }, channels: ways });
    }),
  );
  return saved;
}

describe('the preferences', () => {
  it('say by which way one hears of what, and are saved at once', async () => {
    const saved = preferences();
    const { user } = renderApp('/preferences');
    const box = await screen.findByRole('checkbox', { name: 'Your own requests, by e-mail' });
    await user.click(box);
    await waitFor(() => expect(saved).toEqual([{ slack: ALL, email: { requester: false, decides: true } }]));
    expect(screen.getByText('Ada')).toBeDefined();
    await expectAccessible();
  });

  it('show only the ways that there are', async () => {
    preferences({ slack: false, slack_name: null });
    renderApp('/preferences');
    await screen.findByText('E-mail');
    expect(screen.queryByText('Slack')).toBeNull();
  });

  it('say that there is none but the inbox', async () => {
    preferences({ slack: false, slack_name: null, email: false });
    renderApp('/preferences');
    expect(await screen.findByText(/Neither Slack nor e-mail/)).toBeDefined();
  });

  it('that can not be saved say why', async () => {
    preferences();
    server.use(
      http.put('/api/v2/notifications/preferences', ({ response }) => response.untyped(refusal(502, 'Not now.'))),
    );
    const { user } = renderApp('/preferences');
    await user.click(await screen.findByRole('checkbox', { name: 'Your own requests, by Slack' }));
    expect(await screen.findByText('Not now.')).toBeDefined();
  });

  it('say how to link an account, and take a link away', async () => {
    preferences({ slack_name: null });
    renderApp('/preferences');
    expect(await screen.findByText(/No Slack account is linked/)).toBeDefined();
  });

  it('take the link away', async () => {
    preferences();
    let gone = 0;
    server.use(
      http.delete('/api/v2/slack/links', ({ response }) => {
        gone += 1;
        return response(200).json({ slack_name: null });
      }),
    );
    const { user } = renderApp('/preferences');
    await user.click(await screen.findByRole('button', { name: 'Unlink Slack' }));
    await waitFor(() => expect(gone).toBe(1));
  });
});

describe('the link with Slack', () => {
  const TICKET = 'x'.repeat(43);

  function offer(refused: string | null): unknown[] {
    const sent: unknown[] = [];
    server.use(
      http.post('/api/v2/slack/links/look', ({ response }) =>
        response(200).json({ slack_name: 'Ada L', slack_address: 'ada@x.example', user: 'ada', refusal: refused }),
      ),
      http.post('/api/v2/slack/links', async ({ request, response }) => {
        sent.push(await request.json());
        return response(200).json({ slack_name: 'Ada L' });
      }),
    );
    return sent;
  }

  it('shows whose account it is, and is confirmed', async () => {
    const sent = offer(null);
    const { user } = renderApp(`/slack/link#${TICKET}`);
    expect(await screen.findByText('ada@x.example')).toBeDefined();
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'Link it' }));
    expect(await screen.findByText(/is you from now on/)).toBeDefined();
    expect(sent).toEqual([{ ticket: TICKET }]);
  });

  it('of somebody else’s account is refused and offers no button', async () => {
    offer('Link only your own account.');
    renderApp(`/slack/link#${TICKET}`);
    expect(await screen.findByText('Link only your own account.')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Link it' })).toBeNull();
  });

  it('that has expired says so', async () => {
    server.use(
      http.post('/api/v2/slack/links/look', ({ response }) => response.untyped(refusal(404, 'It has expired.'))),
    );
    renderApp(`/slack/link#${TICKET}`);
    expect(await screen.findByText('It has expired.')).toBeDefined();
  });

  it('without its word says what to do', async () => {
    renderApp('/slack/link');
    expect(await screen.findByText(/Press the button in Slack again/)).toBeDefined();
  });
});
