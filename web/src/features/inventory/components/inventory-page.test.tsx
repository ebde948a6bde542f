import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { RefreshRun } from '@/api/types';
import { expectAccessible } from '@/testing/accessible';
import { account, accounts, administrator, refreshRun } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const RUNNING = refreshRun({
  run_id: 'run-2',
  status: 'running',
  started_at: 1_800_000_100,
  finished_at: null,
  accounts: {
    '111122223333': {
      status: 'succeeded',
      roles: 12,
      resources: 12,
      scopes: 1,
      failures: {},
      written: 3,
      removed: 1,
      warning: null,
      error: null,
    },
    '444455556666': {
      status: 'running',
      roles: 0,
      resources: 0,
      scopes: 1,
      failures: {},
      written: 0,
      removed: 0,
      warning: null,
      error: null,
    },
  },
});
const PARTIAL = refreshRun({
  ...RUNNING,
  status: 'partial',
  finished_at: 1_800_000_200,
  accounts: {
    ...RUNNING.accounts,
    '444455556666': {
      status: 'failed',
      roles: 0,
      resources: 0,
      scopes: 1,
      failures: {},
      written: 0,
      removed: 0,
      warning: null,
      error: 'No spoke role there.',
    },
  },
});

function asAdministrator(...answers: RefreshRun[][]): void {
  let reads = 0;
  server.use(
    http.get('/api/v2/user_profile', ({ response }) => response(200).json(administrator())),
    http.get('/api/v2/refreshes', ({ response }) => {
      const runs = answers[Math.min(reads, answers.length - 1)] ?? [];
      reads += 1;
      return response(200).json({ runs });
    }),
  );
}

describe('the inventory', () => {
  it('shows how each account stands, since when, and why it is not up to date', async () => {
    const [first, broken] = accounts().accounts;
    const late = { ...account({ account_id: '777788889999', name: 'search', standing: 'stale', scopes: 3, fresh: 0 }) };
    server.use(
      http.get('/api/v2/accounts', ({ response }) =>
        response(200).json({
          accounts: [first, broken, { ...late, troubles: broken?.troubles ?? [] }].filter((one) => one !== undefined),
        }),
      ),
    );
    const { user } = renderApp('/inventory');
    expect(await screen.findByText('payments-prod')).toBeDefined();
    expect(screen.getAllByText('Workloads/Test')).toHaveLength(2);
    expect(screen.getByText('Never')).toBeDefined();
    await user.click(screen.getByText('Not reached'));
    expect(await screen.findByText('AWS refused to assume the spoke role.')).toBeDefined();
    await user.click(screen.getByText('0 of 3'));
    expect(await screen.findByText('SQS queue in eu-west-1')).toBeDefined();
    expect(screen.getByText('and 2 more')).toBeDefined();
    expect(document.title).toBe('Inventory · ConsoleMe');
    await expectAccessible();
  });

  it('asks somebody who is no administrator for no refreshes, and offers none', async () => {
    // A call to /api/v2/refreshes would have no handler and fail the test.
    renderApp('/inventory');
    await screen.findByText('payments-prod');
    expect(screen.queryByRole('button', { name: 'Refresh now' })).toBeNull();
  });

  it('starts a refresh and follows it to its end', async () => {
    asAdministrator([], [RUNNING], [PARTIAL]);
    const started: unknown[] = [];
    server.use(
      http.post('/api/v2/refreshes', async ({ request, response }) => {
        started.push(await request.json());
        return response(200).json({ run_id: 'run-2', status: 'running' });
      }),
    );
    const { user } = renderApp('/inventory');
    expect(await screen.findByText('No refresh has run yet.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Refresh now' }));
    expect(await screen.findAllByText(/1 of 2 accounts; 12 roles seen/)).not.toEqual([]);
    expect(started).toEqual([{ accounts: null }]);
    expect(await screen.findAllByText(/1 of 2 accounts failed/)).not.toEqual([]);
    expect(screen.getByText(/No spoke role there./)).toBeDefined();
    await waitFor(() => expect(screen.getByRole('button', { name: 'Refresh now' })).toHaveProperty('disabled', false));
  });

  it('says who may refresh when the service refuses', async () => {
    asAdministrator([]);
    server.use(
      http.post('/api/v2/refreshes', ({ response }) =>
        response.untyped(refusal(403, 'You need the permission can_admin.')),
      ),
    );
    const { user } = renderApp('/inventory');
    await user.click(await screen.findByRole('button', { name: 'Refresh now' }));
    expect(await screen.findByText('You are not allowed to do this')).toBeDefined();
    expect(screen.getByText(/You need the permission can_admin./)).toBeDefined();
  });

  it('finds accounts by any of their words', async () => {
    const { user } = renderApp('/inventory');
    await user.type(await screen.findByRole('searchbox', { name: 'Search the accounts' }), 'prod refused');
    await expect.poll(() => screen.queryByText('payments-test')).toBeNull();
    expect(screen.getByText('payments-prod')).toBeDefined();
  });
});
