import { screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server, signedOut } from '@/testing/server';

const WAYS = [
  { name: 'okta', label: 'Okta', url: '/auth?use_sso=okta&redirect_url=%2Frequests' },
  { name: 'plugin', label: 'Sign in', url: 'https://own.example/page' },
  { name: 'bad', label: 'Bad', url: 'javascript:alert(1)' },
];

function offer(methods: typeof WAYS, custom_message = ''): (string | null)[] {
  const asked: (string | null)[] = [];
  server.use(
    http.get('/api/v2/login_configuration', ({ request, response }) => {
      asked.push(new URL(request.url).searchParams.get('redirect_after_auth'));
      return response(200).json({ methods, custom_message });
    }),
  );
  return asked;
}

describe('several ways to sign in', () => {
  beforeEach(() => {
    server.use(
      http.get('/auth', ({ response }) => response.untyped(signedOut('/login?redirect_after_auth=%2Frequests'))),
    );
  });

  it('have a button each, that leads to the way and back', async () => {
    const asked = offer(WAYS, 'Use your badge.');
    const { user, left } = renderApp('/requests');
    await user.click(await screen.findByRole('button', { name: 'Sign in with Okta' }));
    expect(asked).toEqual(['/requests']);
    expect(left).toEqual(['https://consoleme.example/auth?use_sso=okta&redirect_url=%2Frequests']);
    expect(sessionStorage.getItem('consoleme.return-path')).toContain('/requests');
    expect(screen.getByText('Use your badge.')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Sign in with Bad' })).toBeNull();
    await expectAccessible();
  });

  it('are offered on their own page, with the way back that its address names', async () => {
    const asked = offer(WAYS);
    renderApp('/login?redirect_after_auth=%2Finventory%3Fa%3Db');
    await screen.findByRole('button', { name: 'Sign in with Okta' });
    expect(asked).toEqual(['/inventory?a=b']);
  });

  it.each(['//evil.example', 'https://evil.example/x', '/login?redirect_after_auth=%2F', 'javascript:alert(1)', ''])(
    'never lead back to %j',
    async (path) => {
      const asked = offer(WAYS);
      renderApp(`/login?redirect_after_auth=${encodeURIComponent(path)}`);
      await screen.findByRole('button', { name: 'Sign in with Okta' });
      expect(asked).toEqual(['/']);
    },
  );

  it('may be none, and that is said', async () => {
    offer([]);
    renderApp('/');
    expect(await screen.findByText('No way to sign in is set up')).toBeDefined();
  });

  it('that cannot be loaded are an outage', async () => {
    server.use(http.get('/api/v2/login_configuration', ({ response }) => response.untyped(refusal(500, 'It broke.'))));
    renderApp('/');
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeDefined();
  });
});

describe('the sign-in page', () => {
  it('is left by whoever is signed in', async () => {
    const { at } = renderApp('/login?redirect_after_auth=%2Finventory');
    await screen.findByRole('heading', { name: /Inventory/ });
    expect(at()).toBe('/inventory');
  });
});
