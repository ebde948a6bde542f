import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Deny } from '@/api/types';
import { DeniesPanel } from '@/components/denies/denies-panel';
import { expectAccessible } from '@/testing/accessible';
import { ROLE_ARN } from '@/testing/data';
import { renderAlone } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:orders';

function deny(part: Partial<Deny> = {}): Deny {
  return {
    principal: ROLE_ARN,
    action: 'sqs:SendMessage',
    event_call: 'sqs:SendMessage',
    resource: QUEUE,
    layer: 'identity_policy',
    explicit: false,
    policy_arn: '',
    advice: 'No policy of app-deployer allows it.',
    message: 'User is not authorized.',
    error_code: 'AccessDenied',
    region: 'eu-west-1',
    source_identity: '',
    suggestion: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['sqs:SendMessage'] }] },
    request_url: '/selfservice?encoded_request=abc',
    count: 3,
    first_at: 1_800_000_000,
    last_at: 1_800_000_100,
    ...part,
  };
}

function show(arn: string, ...denies: Deny[]) {
  server.use(
    http.get('/api/v2/denies', ({ query, response }) =>
      response(200).json({ arn: query.get('arn'), denies, total: denies.length, days: 7 }),
    ),
  );
  return renderAlone(<DeniesPanel arn={arn} />);
}

describe('denied calls', () => {
  it('show what was refused, which policy is in the way, and lead to a request', async () => {
    const { user, at } = show(ROLE_ARN, deny());
    expect(await screen.findByText('sqs:SendMessage')).toBeDefined();
    expect(screen.getByText('Identity policy')).toBeDefined();
    expect(screen.getByText('No policy of app-deployer allows it.')).toBeDefined();
    await expectAccessible();
    await user.click(screen.getByText('Show the policy'));
    expect(await screen.findByText(/"Effect": "Allow"/)).toBeDefined();
    await user.click(screen.getByRole('link', { name: `Ask for sqs:SendMessage on ${QUEUE}` }));
    expect(await screen.findByText('Another page')).toBeDefined();
    expect(at()).toBe('/selfservice?encoded_request=abc');
  });

  it('offer nothing where no policy would help', async () => {
    const stopped = { layer: 'service_control_policy', explicit: true, suggestion: null, request_url: null } as const;
    show(
      ROLE_ARN,
      deny({ ...stopped, advice: 'The organisation denies it.', action: '', event_call: 'ec2:RunInstances' }),
    );
    expect(await screen.findByText('Service control policy: explicit deny')).toBeDefined();
    expect(screen.getByText('ec2:RunInstances')).toBeDefined();
    expect(screen.queryByText('Show the policy')).toBeNull();
  });

  it('of a resource tell whom it was refused to', async () => {
    show(QUEUE, deny());
    expect(await screen.findByRole('table', { name: 'Denied calls' })).toBeDefined();
    expect(document.querySelector('.arn')?.textContent).toContain(ROLE_ARN);
  });

  it('that do not exist are said not to', async () => {
    show(ROLE_ARN);
    expect(await screen.findByText('Nothing was refused')).toBeDefined();
  });

  it('that cannot be read say why', async () => {
    show(ROLE_ARN);
    server.use(http.get('/api/v2/denies', ({ response }) => response.untyped(refusal(502, 'The database is busy.'))));
    expect(await screen.findByText('The database is busy.')).toBeDefined();
  });
});
