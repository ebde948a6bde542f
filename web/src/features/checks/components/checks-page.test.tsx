import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '@/features/checks/api/checks';
import { expectAccessible } from '@/testing/accessible';
import { administrator } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

function check(part: Partial<CheckResult>): CheckResult {
  return { name: 'tables', title: 'Tables', status: 'ok', cause: 'All 10 are active.', fix: '', duration: 12, ...part };
}

const CHECKS = [
  check({}),
  check({ name: 'directory', title: 'Directory', status: 'not_configured', cause: 'None.', fix: 'Name a source.' }),
  check({ name: 'sign_in.okta', title: 'Sign-in: okta', status: 'failed', cause: 'No keys.', fix: 'Look at it.' }),
];

function have(): string[] {
  const asked: string[] = [];
  server.use(
    http.get('/api/v2/user_profile', ({ response }) => response(200).json(administrator())),
    http.get('/api/v2/checks', ({ response }) => {
      asked.push('checks');
      return response(200).json({ checked_at: 1_800_000_000, checks: CHECKS });
    }),
    http.get('/api/v2/checks/spokes', ({ request, response }) => {
      const after = new URL(request.url).searchParams.get('after') ?? '';
      asked.push(`spokes ${after}`);
      const account = after === '' ? '111122223333' : '444455556666';
      const found = check({ name: account, title: `account-${account.slice(0, 1)}`, cause: 'It can be taken.' });
      return response(200).json({ checks: [found], total: 2, next: after === '' ? account : null });
    }),
  );
  return asked;
}

describe('the checks', () => {
  it('stand with the worst first, each with its cause and its fix', async () => {
    have();
    renderApp('/checks');
    expect(await screen.findByText('No keys.')).toBeDefined();
    expect(screen.getByText('Look at it.')).toBeDefined();
    expect(screen.getByText('Not configured')).toBeDefined();
    const rows = screen.getAllByRole('row').map(({ textContent }) => textContent);
    expect(rows.findIndex((text) => text.includes('okta'))).toBeLessThan(
      rows.findIndex((text) => text.includes('Tables')),
    );
    expect(document.title).toBe('Checks · ConsoleMe');
    await expectAccessible();
  });

  it('run again, and ask the accounts only on purpose, page by page', async () => {
    const asked = have();
    const { user } = renderApp('/checks');
    await user.click(await screen.findByRole('button', { name: 'Check again' }));
    await expect.poll(() => asked).toEqual(['checks', 'checks']);
    await user.click(screen.getByRole('button', { name: 'Check the accounts' }));
    expect(await screen.findByText('account-1')).toBeDefined();
    await user.click(await screen.findByRole('button', { name: 'Check the next accounts' }));
    expect(await screen.findByText('account-4')).toBeDefined();
    expect(asked.slice(2)).toEqual(['spokes ', 'spokes 111122223333']);
    expect(screen.queryByRole('button', { name: 'Check the next accounts' })).toBeNull();
  });

  it('are for administrators', async () => {
    // A call to /api/v2/checks would have no handler and fail the test.
    renderApp('/checks');
    expect(await screen.findByText('You may not see the checks')).toBeDefined();
    expect(document.querySelector('nav a[href="/checks"]')).toBeNull();
  });

  it('say what is wrong when they can not be made', async () => {
    have();
    server.use(http.get('/api/v2/checks', ({ response }) => response.untyped(refusal(502, 'AWS did not answer.'))));
    renderApp('/checks');
    expect(await screen.findByText(/AWS did not answer./)).toBeDefined();
  });
});
