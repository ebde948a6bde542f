import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { AccountPageData, ControlPolicy, Place } from '@/features/inventory/api/account';
import { expectAccessible } from '@/testing/accessible';
import { account, administrator } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const ID = '111122223333';

function place(part: Partial<Place>): Place {
  return {
    kind: 'iam_role',
    region: '',
    freshness: 'fresh',
    reason: null,
    succeeded_at: 1_800_000_000,
    failed_at: null,
    held: false,
    ...part,
  };
}

function policy(name: string, part: Partial<ControlPolicy['policy']> = {}): ControlPolicy {
  return {
    targets: [{ target_id: 'r-1', arn: 'arn', name: 'Root', type: 'ROOT' }],
    policy: {
      id: `p-${name}`,
      arn: 'arn',
      name,
      description: '',
      type: 'SERVICE_CONTROL_POLICY',
      aws_managed: false,
      content: '{"Version":"2012-10-17"}',
      ...part,
    },
  };
}

function answers(page: Partial<AccountPageData> = {}, policies: ControlPolicy[] = []): void {
  server.use(
    http.get('/api/v2/accounts/{account_id}', ({ response }) =>
      response(200).json({
        account: account({ aliases: ['pay'] }),
        parent_id: null,
        source: 'organizations',
        tags: { team: 'payments' },
        regions: ['eu-west-1'],
        inactive_since: null,
        rows_kept_until: null,
        scopes: [place({})],
        ...page,
      }),
    ),
    http.get('/api/v2/service_control_policies/{target}', ({ response }) =>
      response(200).json({
        status: 'success',
        reason: null,
        redirect_url: null,
        status_code: 200,
        message: null,
        errors: null,
        count: null,
        total: null,
        page: null,
        last_page: null,
        read_at: 1_800_000_000,
        data: policies,
      }),
    ),
  );
}

describe('the page of an account', () => {
  it('tells what is known of it and how fresh each type is in each region', async () => {
    answers({
      regions: ['ap-south-1', 'eu-west-1', 'us-east-1', 'us-west-2'],
      scopes: [
        place({}),
        place({
          kind: 'sqs_queue',
          region: 'eu-west-1',
          freshness: 'failing',
          reason: 'Throttled by AWS.',
          held: true,
        }),
      ],
    });
    const { user } = renderApp(`/inventory/${ID}`);
    const table = within(await screen.findByRole('table', { name: 'Freshness by type and region' }));
    expect(screen.getByText('(1 of 2 up to date)')).toBeDefined();
    expect(screen.getByText('team=payments')).toBeDefined();
    expect(screen.getByText('pay')).toBeDefined();
    await user.click(screen.getByText('4 regions'));
    expect(await screen.findByText('ap-south-1, eu-west-1, us-east-1, us-west-2')).toBeDefined();
    expect(table.getByText(/waits for a second look/)).toBeDefined();
    await user.click(table.getByText('Failing'));
    expect(await screen.findByText('Throttled by AWS.')).toBeDefined();
    expect(document.title).toBe('payments-test · ConsoleMe');
    await expectAccessible();
  });

  it('says why nobody gets in and what to do', async () => {
    const spoke = { health: 'missing', reason: 'AWS refused to assume the role.', checked_at: 1_800_000_000 } as const;
    answers({ account: account({ standing: 'unreached', spoke }) });
    renderApp(`/inventory/${ID}`);
    expect(await screen.findByText('Nobody gets into this account')).toBeDefined();
    expect(screen.getByText('AWS refused to assume the role.')).toBeDefined();
    expect(screen.getByText(/Create the reading role there/)).toBeDefined();
  });

  it('shows the service control policies with what they are attached to, also one that is no JSON', async () => {
    answers({}, [policy('DenyAll', { content: 'not json' }), policy('Full', { aws_managed: true })]);
    const { user } = renderApp(`/inventory/${ID}`);
    await user.click(await screen.findByText('DenyAll'));
    expect(screen.getByText('not json')).toBeDefined();
    expect(screen.getAllByText(/Attached to the root Root/)).toHaveLength(2);
    expect(screen.getByText('AWS managed')).toBeDefined();
  });

  it('says so when an account has no service control policy', async () => {
    answers();
    renderApp(`/inventory/${ID}`);
    expect(await screen.findByText('No service control policy')).toBeDefined();
  });

  it('tells policies that were never read from none', async () => {
    answers();
    server.use(
      http.get('/api/v2/service_control_policies/{target}', ({ response }) =>
        response.untyped(refusal(502, 'The service control policies were never read.')),
      ),
    );
    renderApp(`/inventory/${ID}`);
    expect(await screen.findByText(/were never read/)).toBeDefined();
  });

  it('offers administrators a refresh, and follows it until the roles were read anew', async () => {
    const started: unknown[] = [];
    answers();
    server.use(
      http.get('/api/v2/user_profile', ({ response }) => response(200).json(administrator())),
      http.post('/api/v2/refreshes', async ({ request, response }) => {
        started.push(await request.json());
        answers({ account: account({ last_success: 1_800_000_999 }) });
        return response(200).json({ run_id: 'run-1', status: 'running' });
      }),
    );
    const { user } = renderApp(`/inventory/${ID}`);
    await user.click(await screen.findByRole('button', { name: 'Refresh this account' }));
    expect(await screen.findByText('A refresh is under way')).toBeDefined();
    expect(await screen.findByRole('button', { name: 'Refresh this account' })).toBeDefined();
    expect(started).toEqual([{ accounts: [ID] }]);
  });

  it('says so when there is no such account', async () => {
    answers();
    server.use(
      http.get('/api/v2/accounts/{account_id}', ({ response }) =>
        response.untyped(refusal(404, `The account ${ID} is not known.`)),
      ),
    );
    renderApp(`/inventory/${ID}`);
    expect(await screen.findByText(/is not known/)).toBeDefined();
  });
});
