import { cleanup, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Answer, Finding } from '@/api/types';
import { expectAccessible } from '@/testing/accessible';
import { ROLE_ARN } from '@/testing/data';
import { extendedRequest, requestDetail, REQUEST_ID, review } from '@/testing/requests';
import { textIn, writeInto } from '@/testing/editor';
import { renderApp, type RunningApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const DOCUMENT = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] };

const FINDING: Finding = {
  change_id: `${REQUEST_ID}0`,
  rule: 'wildcards',
  verdict: 'more_approval',
  title: 'Every queue',
  reason: 'The statement names no queue.',
};

interface Sent {
  body: { dry_run?: boolean; changes: unknown; justification?: string | null };
  key: string | null;
}

function answer(created: boolean): Answer<'/api/v2/request', 'post'> {
  return {
    errors: 0,
    request_created: created,
    request_id: created ? REQUEST_ID : null,
    request_url: created ? `/policies/request/${REQUEST_ID}` : null,
    action_results: [],
    extended_request: extendedRequest(),
    review: created ? null : review({ findings: [FINDING] }),
  };
}

function listen(): Sent[] {
  const sent: Sent[] = [];
  server.use(
    http.post('/api/v2/request', async ({ request, response }) => {
      const body = await request.json();
      sent.push({ body, key: request.headers.get('Idempotency-Key') });
      return response(200).json(answer(body.dry_run !== true));
    }),
    http.get('/api/v2/requests/{request_id}', ({ response }) => response(200).json(requestDetail())),
  );
  return sent;
}

async function filledIn(): Promise<RunningApp> {
  const app = renderApp(`/requests/new?arn=${ROLE_ARN}`);
  await writeInto('Policy', JSON.stringify(DOCUMENT));
  await app.user.type(screen.getByRole('textbox', { name: 'Policy name' }), 'read-queue');
  await app.user.type(screen.getByRole('textbox', { name: 'Justification' }), 'The export needs it.');
  return app;
}

const preview = ({ user }: RunningApp) => user.click(screen.getByRole('button', { name: /^Preview/ }));

describe('a new request', () => {
  it('is looked at first, and sent exactly as it was looked at', async () => {
    const sent = listen();
    const app = await filledIn();
    await preview(app);
    const send = await screen.findByRole('button', { name: 'Send request' });
    expect(screen.getByText('The statement names no queue. One more person must approve it.')).toBeDefined();
    expect(screen.getByText('administrators')).toBeDefined();
    await app.user.click(send);
    await expect.poll(app.at).toBe(`/policies/request/${REQUEST_ID}`);
    const [looked, made] = sent;
    expect(looked?.body.dry_run).toBe(true);
    expect(looked?.key).toBeNull();
    expect({ ...made?.body, dry_run: true }).toEqual(looked?.body);
    expect(made?.body).toEqual({
      justification: 'The export needs it.',
      changes: {
        changes: [
          {
            principal: { principal_type: 'AwsResource', principal_arn: ROLE_ARN },
            change_type: 'inline_policy',
            action: 'attach',
            new: true,
            policy_name: 'read-queue',
            policy: { policy_document: DOCUMENT },
          },
        ],
      },
    });
    expect(made?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(await screen.findByText('Your request is sent. Somebody else reviews it now.')).toBeDefined();
  });

  it('can replace a policy, and says so to the service', async () => {
    const sent = listen();
    const app = await filledIn();
    await app.user.click(screen.getByRole('checkbox', { name: 'Replace the policy of that name' }));
    await preview(app);
    await screen.findByRole('button', { name: 'Send request' });
    expect(JSON.stringify(sent[0]?.body.changes)).toContain('"new":false');
  });

  it('that was edited after the preview must be looked at again', async () => {
    listen();
    const app = await filledIn();
    await preview(app);
    await screen.findByRole('button', { name: 'Send request' });
    await writeInto('Policy', '{"Statement": [{"Effect": "Deny"}]}');
    expect(screen.queryByRole('button', { name: 'Send request' })).toBeNull();
  });

  it('sent a second time after a fault is the same request to the service', async () => {
    const sent = listen();
    const app = await filledIn();
    await preview(app);
    const send = await screen.findByRole('button', { name: 'Send request' });
    server.use(
      http.post(
        '/api/v2/request',
        ({ request, response }) => {
          sent.push({ body: { changes: null }, key: request.headers.get('Idempotency-Key') });
          return response.untyped(refusal(502, 'The table is away.'));
        },
        { once: true },
      ),
    );
    await app.user.click(send);
    await app.user.click(await screen.findByRole('button', { name: 'Try again' }));
    await expect.poll(() => sent).toHaveLength(3);
    expect(sent[1]?.key).toBe(sent[2]?.key);
  });

  it('with faults says which, and where in the policy, and asks the service nothing', async () => {
    const sent = listen();
    const app = renderApp('/requests/new?arn=nonsense');
    await writeInto('Policy', '{\n  "Statement": [\n    {"Effect": "Allow",}\n  ]\n}');
    await app.user.type(screen.getByRole('textbox', { name: 'Policy name' }), 'a b');
    await preview(app);
    expect(await screen.findByText(/This is not the ARN of a role or a user/)).toBeDefined();
    expect(screen.getByText('Line 3, column 24: a property name in double quotes is expected.')).toBeDefined();
    expect(screen.getByText(/Up to 128 letters/)).toBeDefined();
    expect(screen.getByText('Tell the reviewer what you need it for.')).toBeDefined();
    expect(sent).toEqual([]);
    await expectAccessible();
  });

  it('that the service refuses keeps everything that was filled in', async () => {
    server.use(
      http.post('/api/v2/request', ({ response }) => response.untyped(refusal(400, 'A policy of that name exists.'))),
    );
    const app = await filledIn();
    await preview(app);
    expect(await screen.findByText('A policy of that name exists.')).toBeDefined();
    expect(await textIn('Policy')).toBe(JSON.stringify(DOCUMENT));
    expect(screen.queryByRole('button', { name: 'Send request' })).toBeNull();
  });

  it('that was not sent is still there later, and can be begun anew', async () => {
    listen();
    const { user } = await filledIn();
    await user.click(screen.getByRole('button', { name: 'Ask for another change together with this' }));
    cleanup();
    const second = renderApp('/requests/new?arn=arn:aws:s3:::invoices&change=resource_tag&key=owner');
    expect(await screen.findByText('2 changes that you have not sent yet are still here.')).toBeDefined();
    expect(screen.getByRole('heading', { name: 'Change 3' })).toBeDefined();
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Key' }).value).toBe('owner');
    await second.user.click(screen.getByRole('button', { name: 'Start over' }));
    expect(screen.queryByRole('heading', { name: /^Change/ })).toBeNull();
    expect(screen.queryByText(/still here/)).toBeNull();
  });

  it('for several changes is sent as one, and says what becomes of them when one fails', async () => {
    const sent = listen();
    const app = await filledIn();
    await app.user.click(screen.getByRole('button', { name: 'Ask for another change together with this' }));
    await app.user.click(screen.getByRole('button', { name: 'Ask for another change together with this' }));
    await app.user.click(screen.getByRole('button', { name: 'Take out change 2' }));
    await app.user.click(screen.getByRole('checkbox', { name: /take the others back/ }));
    await preview(app);
    await expect.poll(() => sent).toHaveLength(1);
    expect(sent[0]?.body).toMatchObject({ on_failure: 'rollback' });
    expect((sent[0]?.body.changes as { changes: unknown[] }).changes).toHaveLength(2);
  });

  it('can be kept as a draft, and is then no longer in the browser', async () => {
    const sent = listen();
    const app = await filledIn();
    await app.user.click(screen.getByRole('button', { name: 'Save as a draft' }));
    await expect.poll(() => sent[0]?.body).toMatchObject({ draft: true });
    expect(await screen.findByText(/Your draft is kept/)).toBeDefined();
    expect(localStorage.length).toBe(0);
  });
});
