import { screen } from '@testing-library/react';
import { HttpResponse, http as any } from 'msw';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { ROLE_ARN } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { server } from '@/testing/server';

/** The path parameter takes slashes, which the typed handlers do not know. */
function answer(body: Record<string, unknown>, status = 200): URL[] {
  const asked: URL[] = [];
  server.use(
    any.get('*/api/v2/role_login/*', ({ request }) => {
      asked.push(new URL(request.url));
      return HttpResponse.json(body, { status });
    }),
  );
  return asked;
}

const CONSOLE = 'https://signin.aws.amazon.com/federation?Action=login';

describe('a link into the console', () => {
  it('asks once, remembers the role, and goes to the console', async () => {
    const asked = answer({ type: 'redirect', reason: 'console_login', role: ROLE_ARN, redirect_url: CONSOLE });
    const { left } = renderApp(`/role/${ROLE_ARN}?r=eu-west-1&redirect=https%3A%2F%2Fconsole.aws.amazon.com%2Fs3`);
    await expect.poll(() => left).toEqual([CONSOLE]);
    expect(asked.map(({ pathname, search }) => pathname + search)).toEqual([
      `/api/v2/role_login/${ROLE_ARN}?r=eu-west-1&redirect=https%3A%2F%2Fconsole.aws.amazon.com%2Fs3`,
    ]);
    expect(localStorage.getItem('consoleme.recent-roles')).toBe(JSON.stringify([ROLE_ARN]));
    expect(screen.getByRole('link', { name: /app-deployer · payments-test/ }).getAttribute('href')).toBe(
      `/role/${ROLE_ARN}`,
    );
  });

  it('may ask for a session that only reads', async () => {
    const asked = answer({ type: 'redirect', reason: 'console_login', role: ROLE_ARN, redirect_url: CONSOLE });
    const { left } = renderApp('/role/app?read_only=true');
    await expect.poll(() => left).toEqual([CONSOLE]);
    expect(asked.map(({ search }) => search)).toEqual(['?read_only=true']);
  });

  it('that fits several roles leads to the choice among them', async () => {
    answer({
      type: 'redirect',
      reason: 'multiple_roles',
      redirect_url: `/?arn=app&warningMessage=${encodeURIComponent(btoa('Choose one.'))}`,
    });
    const { left, at } = renderApp('/role/app');
    expect(await screen.findByText('Choose one.')).toBeDefined();
    expect(at()).toMatch(/^\/\?arn=app/);
    expect(left).toEqual([]);
    expect(localStorage.getItem('consoleme.recent-roles')).toBeNull();
  });

  it.each([
    [404, { type: 'error', message: "None of your roles matches 'nonsense'." }],
    [403, { type: 'error', message: 'The role is for the command line only.' }],
  ])('that is refused with %i says why, and what was asked for', async (status, body) => {
    answer(body, status);
    const { left } = renderApp('/role/nonsense');
    expect(await screen.findByText(body.message)).toBeDefined();
    expect(screen.getByText('nonsense')).toBeDefined();
    expect(screen.getByRole('link', { name: 'Choose among your roles' })).toBeDefined();
    expect(left).toEqual([]);
    await expectAccessible();
  });

  it('that AWS did not answer can be tried again', async () => {
    const asked = answer({ type: 'console_url', message: 'AWS did not let us assume the role.', error: 'x' }, 502);
    const { user, left } = renderApp('/role/app');
    expect(await screen.findByText('AWS did not let us assume the role.')).toBeDefined();
    server.resetHandlers();
    answer({ type: 'redirect', reason: 'console_login', role: ROLE_ARN, redirect_url: CONSOLE });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await expect.poll(() => left).toEqual([CONSOLE]);
    expect(asked).toHaveLength(1);
  });

  it('goes nowhere when the answer’s address is no web address', async () => {
    answer({ type: 'redirect', reason: 'console_login', redirect_url: 'data:text/html,x' });
    const { left } = renderApp('/role/app');
    expect(await screen.findByText('The service gave no address to go to.')).toBeDefined();
    expect(left).toEqual([]);
  });

  it('that names no role asks the service nothing', async () => {
    const asked = answer({});
    renderApp('/role/');
    expect(await screen.findByText(/The link names no role/)).toBeDefined();
    expect(asked).toEqual([]);
  });

  it('cannot be made to call another route', async () => {
    const asked = answer({});
    renderApp('/role/..%2F..%2Flogout');
    expect(await screen.findByText(/must not contain/)).toBeDefined();
    expect(asked).toEqual([]);
  });
});

describe('recent roles', () => {
  it('are at most five, the newest first, and nonsense is left out', async () => {
    const stored = [
      'nonsense',
      7,
      ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `arn:aws:iam::111122223333:role/${name}`),
    ];
    localStorage.setItem('consoleme.recent-roles', JSON.stringify(stored));
    window.dispatchEvent(new StorageEvent('storage', { key: 'consoleme.recent-roles' }));
    renderApp('/inventory');
    await screen.findByText('Recent roles');
    const names = screen
      .getAllByRole('link', { name: / · payments-test/ })
      .map(({ textContent }) => textContent.slice(0, 1));
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
