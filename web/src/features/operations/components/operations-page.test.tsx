import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Kind, Queue, Scope, Task } from '@/features/operations/api/operations';
import { expectAccessible } from '@/testing/accessible';
import { administrator, profile } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const NOW = Math.floor(Date.now() / 1000);

function task(part: Partial<Task>): Task {
  return {
    name: 'due',
    kind: 'schedule',
    purpose: 'Each minute: everything that is overdue is done.',
    every: 60,
    late_after: 780,
    state: 'ok',
    runs_on_demand: true,
    started_at: NOW - 30,
    succeeded_at: NOW - 29,
    failed_at: null,
    duration: 1,
    seconds_since_success: 29,
    failures: 0,
    error: null,
    counts: { done: 2 },
    ...part,
  };
}

const TASKS = [
  task({}),
  task({ name: 'apply_change', kind: 'step', every: null, state: 'unwatched', runs_on_demand: false, counts: {} }),
  task({ name: 'follow_denies', kind: 'queue', every: null, runs_on_demand: false }),
  task({ name: 'seal_audit', state: 'late', error: 'KMS said no.', failed_at: NOW - 60, failures: 3 }),
];
const QUEUE: Queue = { task: 'follow_denies', queue: 'trail-denies', waiting: 4, under_way: 1, dead: 2, error: null };
const KIND: Kind = {
  kind: 'iam_role',
  every: 3600,
  max_staleness: 9000,
  scopes: 2,
  stale: 1,
  failing: 0,
  unreached: 0,
  never: 0,
};

function scope(part: Partial<Scope>): Scope {
  return {
    kind: 'iam_role',
    scope_id: '111122223333',
    account_id: '111122223333',
    account_name: 'payments-prod',
    region: '',
    state: 'stale',
    every: 3600,
    staleness: 9000,
    succeeded_at: NOW - 9000,
    failed_at: NOW - 100,
    duration: 4,
    failures: 2,
    error: 'AccessDenied for iam:ListRoles.',
    held: true,
    counts: { seen: 40 },
    ...part,
  };
}

function have(): string[] {
  const asked: string[] = [];
  server.use(
    http.get('/api/v2/user_profile', ({ response }) => response(200).json(administrator())),
    http.get('/api/v2/operations', ({ response }) =>
      response(200).json({ told_at: NOW, tasks: TASKS, kinds: [KIND], queues: [QUEUE] }),
    ),
    http.get('/api/v2/operations/scopes', ({ request, response }) => {
      const { searchParams } = new URL(request.url);
      asked.push(searchParams.get('state') ?? '');
      const after = searchParams.get('after') ?? '';
      const found = after === '' ? scope({}) : scope({ account_name: 'payments-test', scope_id: '2', account_id: '2' });
      return response(200).json({ scopes: [found], total: 2, next: after === '' ? 'iam_role 111122223333' : null });
    }),
    http.post('/api/v2/operations/tasks', async ({ request, response }) => {
      const { task: name } = await request.json();
      asked.push(`run ${name}`);
      return response(200).json({ task: name, started_at: NOW });
    }),
    http.post('/api/v2/operations/accounts', async ({ request, response }) => {
      const { account_id, types } = await request.json();
      asked.push(`refresh ${types?.join() ?? 'all'} in ${account_id}`);
      return response(200).json({ account_id, run_id: '01RUN' });
    }),
  );
  return asked;
}

describe('the operations', () => {
  it('stand with the worst task first, its last error, and how old the inventory is', async () => {
    have();
    const { user } = renderApp('/operations');
    const tasks = await screen.findByRole('table', { name: 'Tasks' });
    const rows = within(tasks)
      .getAllByRole('row')
      .map(({ textContent }) => textContent);
    expect(rows[1]).toContain('seal_audit');
    expect(rows).toHaveLength(4);
    expect(within(tasks).getByText('5 waiting')).toBeDefined();
    expect(within(tasks).getByText('2 failed for good')).toBeDefined();
    expect(screen.getByText(/told by their workflows: apply_change/)).toBeDefined();
    await user.click(within(tasks).getByRole('button', { name: /3 times/ }));
    expect(await screen.findByText('KMS said no.')).toBeDefined();
    const kinds = screen.getByRole('table', { name: 'Types of resources' });
    expect(within(kinds).getByText('2 h 30 min')).toBeDefined();
    expect(await screen.findByText('Waits for a second look')).toBeDefined();
    expect(document.title).toBe('Operations · ConsoleMe');
    await expectAccessible();
  });

  it('run a task now, and none that others call', async () => {
    const asked = have();
    const { user } = renderApp('/operations');
    await user.click(await screen.findByRole('button', { name: 'Run now: due' }));
    expect(await screen.findByText(/due was started/)).toBeDefined();
    expect(asked).toContain('run due');
    expect(screen.queryByRole('button', { name: 'Run now: apply_change' })).toBeNull();
  });

  it('refresh an account, and show more of them', async () => {
    const asked = have();
    const { user } = renderApp('/operations');
    await user.click(await screen.findByRole('button', { name: /^Refresh now: iam_role .*payments-prod$/ }));
    expect(await screen.findByText(/refresh of iam_role in payments-prod was started/)).toBeDefined();
    expect(asked).toContain('refresh iam_role in 111122223333');
    await user.click(await screen.findByRole('button', { name: 'Show more' }));
    expect(await screen.findByText('payments-test')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  it('are for operators and administrators', async () => {
    // A call to /api/v2/operations would have no handler and fail the test.
    renderApp('/operations');
    expect(await screen.findByText('You may not see the operations')).toBeDefined();
    expect(document.querySelector('nav a[href="/operations"]')).toBeNull();
  });

  it('are shown to an operator who is no administrator', async () => {
    have();
    const operator = profile({ authorization: { can_admin: false, can_operate: true } });
    server.use(http.get('/api/v2/user_profile', ({ response }) => response(200).json(operator)));
    renderApp('/operations');
    expect(await screen.findByRole('table', { name: 'Tasks' })).toBeDefined();
    expect(document.querySelector('nav a[href="/operations"]')).not.toBeNull();
  });

  it('say what is wrong when they can not be read', async () => {
    have();
    server.use(
      http.get('/api/v2/operations', ({ response }) => response.untyped(refusal(502, 'DynamoDB did not answer.'))),
    );
    renderApp('/operations');
    expect(await screen.findByText(/DynamoDB did not answer./)).toBeDefined();
  });
});
