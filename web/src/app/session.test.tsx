import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { profile } from '@/testing/data';
import { elementOf, renderApp, topMenu } from '@/testing/render-app';
import { http, server, signedOut } from '@/testing/server';

function everybodyIsSignedOut(redirectUrl?: string): void {
  server.use(http.get('/auth', ({ response }) => response.untyped(signedOut(redirectUrl))));
}

describe('signing in', () => {
  it('asks for the session with the address to come back to', async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get('/auth', ({ request, response }) => {
        asked.push(new URL(request.url).searchParams.get('redirect_url'));
        return response.untyped(signedOut());
      }),
    );
    renderApp('/requests?status=pending');
    await screen.findByRole('button', { name: 'Sign in' });
    expect(asked).toEqual(['https://consoleme.example/requests?status=pending']);
  });

  it('leads to where the service says, and keeps the path', async () => {
    everybodyIsSignedOut();
    const { user, left } = renderApp('/inventory');
    await user.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(left).toEqual(['https://sign-in.example/start']);
    expect(document.title).toBe('Sign in · ConsoleMe');
    expect(sessionStorage.getItem('consoleme.return-path')).toContain('/inventory');
    await expectAccessible();
  });

  it('comes back to the kept path once, when the sign-in ended on the start page', async () => {
    sessionStorage.setItem(
      'consoleme.return-path',
      JSON.stringify({ path: '/inventory', at: Math.floor(Date.now() / 1000) }),
    );
    const { at } = renderApp('/');
    await screen.findByRole('heading', { name: /Inventory/ });
    expect(at()).toBe('/inventory');
    expect(sessionStorage.getItem('consoleme.return-path')).toBeNull();
  });

  it('never follows an address that is no web address', async () => {
    everybodyIsSignedOut('javascript:alert(1)');
    renderApp('/');
    expect(await screen.findByText('No way to sign in is set up')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Sign in' })).toBeNull();
  });
});

describe('an outage', () => {
  it.each([
    ['a proxy that answers HTML', () => new Response('<html>Bad gateway</html>', { status: 502 })],
    ['a page where data should be', () => new Response('<html>Starting</html>', { status: 200 })],
    ['no answer at all', () => Response.error()],
  ])('is not taken for an ended session: %s', async (_name, answer) => {
    server.use(http.get('/auth', ({ response }) => response.untyped(answer())));
    renderApp('/');
    expect(await screen.findByRole('alert')).toBeDefined();
    expect(screen.queryByText('Sign in to ConsoleMe')).toBeNull();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeDefined();
  });

  it('ends with the next try', async () => {
    let tries = 0;
    server.use(
      http.get('/auth', ({ response }) => {
        tries += 1;
        return tries === 1
          ? response.untyped(new Response('', { status: 503 }))
          : response(200).json({ authCookieExpiration: 1, currentServerTime: 1 });
      }),
    );
    const { user } = renderApp('/');
    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: /Your roles/ })).toBeDefined();
  });
});

describe('a session that ends under an open page', () => {
  it('keeps the page and carries on after a new sign-in', async () => {
    const { user } = renderApp('/');
    await screen.findByRole('heading', { name: /Your roles/ });
    everybodyIsSignedOut();
    server.use(http.post('/api/v2/eligible_roles', ({ response }) => response.untyped(signedOut())));
    await user.click(screen.getByRole('button', { name: 'Load the roles again' }));
    expect(await screen.findByRole('dialog', { name: 'Your session has ended' })).toBeDefined();
    expect(screen.getByRole('heading', { name: /Your roles/, hidden: true })).toBeDefined();

    await user.click(screen.getByRole('button', { name: 'I am signed in, carry on' }));
    expect(await screen.findByText('The service still knows of no session.')).toBeDefined();

    server.resetHandlers();
    await user.click(screen.getByRole('button', { name: 'I am signed in, carry on' }));
    await screen.findByRole('button', { name: 'Load the roles again' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('the shell', () => {
  it('signs out and goes where the service says', async () => {
    server.use(
      http.get('/api/v2/logout', ({ response }) =>
        response(200).json({ status: 'redirect', status_code: 200, reason: 'logout_redirect', redirect_url: '/' }),
      ),
    );
    const { user, left } = renderApp('/');
    const menu = await topMenu(2);
    await user.click(elementOf(menu.findItemById('sign-out')));
    await expect.poll(() => left).toEqual(['https://consoleme.example/']);
  });

  it('says that a laptop forgets, and only there', async () => {
    renderApp('/');
    await screen.findByRole('heading', { name: /Your roles/ });
    expect(screen.queryByText(/Laptop mode/)).toBeNull();
    server.use(
      http.get('/api/v2/user_profile', ({ response }) =>
        response(200).json(profile({ site_config: { laptop: true } })),
      ),
    );
    renderApp('/');
    expect(await screen.findByText('Laptop mode: state lives in memory and is gone when you stop it.')).toBeDefined();
  });

  it('switches to dark and back to the system', async () => {
    const { user } = renderApp('/');
    await user.click(elementOf((await topMenu(1)).findItemById('dark')));
    expect(document.body.classList.contains('awsui-dark-mode')).toBe(true);
    await user.click(elementOf((await topMenu(1)).findItemById('system')));
    expect(document.body.classList.contains('awsui-dark-mode')).toBe(false);
    expect(localStorage.getItem('consoleme.theme')).toBeNull();
  });

  it('lets the keyboard skip to the content', async () => {
    const { user } = renderApp('/');
    await screen.findByRole('heading', { name: /Your roles/ });
    await user.tab();
    expect(document.activeElement?.textContent).toBe('Skip to the content');
    await user.keyboard('{Enter}');
    expect(document.activeElement?.id).toBe('content');
  });

  it('says when the network is gone, and when it is back', async () => {
    renderApp('/');
    await screen.findByRole('heading', { name: /Your roles/ });
    Object.defineProperty(navigator, 'onLine', { configurable: true, value: false });
    window.dispatchEvent(new Event('offline'));
    expect(await screen.findByText('You are offline')).toBeDefined();
    Object.defineProperty(navigator, 'onLine', { configurable: true, value: true });
    window.dispatchEvent(new Event('online'));
    await expect.poll(() => screen.queryByText('You are offline')).toBeNull();
  });

  it('has an answer for a path where nothing is', async () => {
    const { user, at } = renderApp('/no/such/page');
    expect(await screen.findByRole('heading', { name: 'There is no such page' })).toBeDefined();
    expect(document.title).toBe('Not found · ConsoleMe');
    await expectAccessible();
    await user.click(screen.getByRole('link', { name: 'Go to your roles' }));
    expect(at()).toBe('/');
  });
});
