import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { SessionItem } from '@/features/sessions/api/sessions';
import { expectAccessible } from '@/testing/accessible';
import { administrator } from '@/testing/data';
import { elementOf, renderApp, topMenu } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

function item(part: Partial<SessionItem> = {}): SessionItem {
  return {
    session_id: 'S1',
    kind: 'web',
    method: 'okta',
    address: '198.51.100.7',
    client: FIREFOX,
    created_at: 1_800_000_000,
    renewed_at: 1_800_000_000,
    expires_at: 1_800_003_600,
    current: true,
    ...part,
  };
}

const WEEP = item({ session_id: 'S2', kind: 'cli', method: 'challenge', client: 'Go-http-client/1.1', current: false });

/** A service that remembers what was ended. */
function sessions(...standing: SessionItem[]): { ended: string[] } {
  const seen = { ended: [] as string[] };
  let left = standing;
  server.use(
    http.get('/api/v2/sessions', ({ response }) => response(200).json({ user: 'ana@example.com', sessions: left })),
    http.delete('/api/v2/sessions/{session_id}', ({ params, response }) => {
      seen.ended.push(params.session_id);
      left = left.filter(({ session_id }) => session_id !== params.session_id);
      return response(200).json({ ended: 1 });
    }),
    http.delete('/api/v2/sessions', ({ request, response }) => {
      const keeping = new URL(request.url).searchParams.get('keep_current') === 'true';
      const gone = left.filter(({ current }) => !keeping || !current);
      seen.ended.push(...gone.map(({ session_id }) => session_id));
      left = left.filter((session) => !gone.includes(session));
      return response(200).json({ ended: gone.length });
    }),
  );
  return seen;
}

async function confirm(user: ReturnType<typeof renderApp>['user'], button: string): Promise<void> {
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: button }));
}

describe('the sessions', () => {
  it('are reached from the menu of the person, and say where somebody is signed in', async () => {
    sessions(item(), WEEP);
    const { user, at } = renderApp('/');
    const menu = await topMenu(2);
    await user.click(elementOf(menu.findItemById('sessions')?.find('a')));
    expect(await screen.findByText('Firefox on Linux')).toBeDefined();
    expect(at()).toBe('/sessions');
    expect(screen.getByText('Weep or another Go program')).toBeDefined();
    expect(screen.getByText('Command line, signed in by challenge')).toBeDefined();
    expect(screen.getAllByText('This session')).toHaveLength(1);
    expect(screen.queryByText('Whose sessions')).toBeNull();
    await expectAccessible();
  });

  it('are ended one by one', async () => {
    const seen = sessions(item(), WEEP);
    const { user } = renderApp('/sessions');
    await user.click(await screen.findByRole('button', { name: /^End the session of Weep/ }));
    await confirm(user, 'End the session');
    expect(await screen.findByText('One session was ended.')).toBeDefined();
    await waitFor(() => expect(screen.queryByText('Weep or another Go program')).toBeNull());
    expect(seen.ended).toEqual(['S2']);
  });

  it('are left alone by somebody who goes back', async () => {
    const seen = sessions(item(), WEEP);
    const { user } = renderApp('/sessions');
    await user.click(await screen.findByRole('button', { name: 'Sign out everywhere' }));
    await confirm(user, 'Go back');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(seen.ended).toEqual([]);
  });

  it('end everywhere else, and the page stays', async () => {
    const seen = sessions(item(), WEEP);
    const { user, left } = renderApp('/sessions');
    await user.click(await screen.findByRole('button', { name: 'Sign out everywhere else' }));
    await confirm(user, 'Sign out everywhere else');
    expect(await screen.findByText('One session was ended.')).toBeDefined();
    expect(seen.ended).toEqual(['S2']);
    expect(left).toEqual([]);
  });

  it.each([
    ['everywhere', 'Sign out everywhere', 'Sign out everywhere'],
    ['here', /^End the session of Firefox/, 'End the session'],
  ])('that end %s lead to the sign-in', async (_where, opener, button) => {
    sessions(item(), WEEP);
    const { user, left } = renderApp('/sessions');
    await user.click(await screen.findByRole('button', { name: opener }));
    await confirm(user, button);
    await waitFor(() => expect(left).toEqual(['/']));
  });

  it('that cannot be ended say why', async () => {
    sessions(item(), WEEP);
    server.use(
      http.delete('/api/v2/sessions/{session_id}', ({ response }) =>
        response.untyped(refusal(404, 'It may have ended already.')),
      ),
    );
    const { user } = renderApp('/sessions');
    await user.click(await screen.findByRole('button', { name: /^End the session of Weep/ }));
    await confirm(user, 'End the session');
    expect(await screen.findByText(/It may have ended already/)).toBeDefined();
  });
});

describe("anybody's sessions", () => {
  it('are for administrators, who end them', async () => {
    sessions(item());
    const ended: string[] = [];
    server.use(
      http.get('/api/v2/user_profile', ({ response }) => response(200).json(administrator())),
      http.get('/api/v2/sessions/of/{user}', ({ params, response }) =>
        response(200).json({ user: params.user, sessions: [item({ current: false, address: '203.0.113.9' })] }),
      ),
      http.delete('/api/v2/sessions/of/{user}', ({ params, response }) => {
        ended.push(params.user);
        return response(200).json({ ended: 4 });
      }),
    );
    const { user, at } = renderApp('/sessions');
    await user.type(await screen.findByRole('textbox', { name: /Whose sessions/ }), 'bob@example.com{Enter}');
    expect(await screen.findByText('Where bob@example.com is signed in.')).toBeDefined();
    expect(at()).toBe('/sessions?of=bob%40example.com');
    expect(screen.queryByRole('button', { name: 'Sign out everywhere else' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Sign out everywhere' }));
    await confirm(user, 'Sign out everywhere');
    expect(await screen.findByText('4 sessions were ended.')).toBeDefined();
    expect(ended).toEqual(['bob@example.com']);
    await expectAccessible();
  });
});
