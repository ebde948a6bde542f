import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ReviewComment } from '@/api/types';
import { expectAccessible } from '@/testing/accessible';
import { decide, hold, opened } from '@/testing/held-request';
import { REQUEST_ID, requestTable, reviewChange, stage } from '@/testing/requests';
import { http, refusal, server } from '@/testing/server';

const CHANGE = `${REQUEST_ID}0`;
const OTHER = reviewChange({
  id: `${REQUEST_ID}1`,
  title: 'Add tag owner',
  change_type: 'resource_tag',
  wish: { tag_action: 'create', key: 'owner', value: 'pay' },
  before: null,
  after: { key: 'owner', value: 'pay' },
});

describe('what may be done with a request', () => {
  it('is only what the service allows: a draft is sent', async () => {
    const held = hold({ state: 'draft', allowed_actions: ['submit_draft', 'cancel_request', 'update_change'] });
    const app = await opened();
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
    expect(screen.getByText('Who must approve it once it is sent.')).toBeDefined();
    await decide(app, 'Send request');
    expect(await screen.findByText('Your request is sent. Somebody else reviews it now.')).toBeDefined();
    expect(held.commands.map(({ command }) => command)).toEqual(['submit_draft']);
  });

  it('is to throw a draft away, and leave a page that is no more', async () => {
    const held = hold({ state: 'draft', allowed_actions: ['submit_draft', 'cancel_request', 'update_change'] });
    const app = await opened();
    server.use(
      http.get('/api/v2/requests/{request_id}', ({ response }) => response.untyped(refusal(404, 'It is gone.'))),
      http.post('/api/v2/requests', ({ response }) => response(200).json(requestTable([]))),
    );
    await decide(app, 'Throw the draft away');
    await expect.poll(app.at).toBe('/requests');
    expect(await screen.findByText('The draft is thrown away.')).toBeDefined();
    expect(screen.queryByText(/It is gone/)).toBeNull();
    expect(held.commands).toMatchObject([{ command: 'cancel_request' }]);
  });

  it('can be an approval for a shorter time than was asked for', async () => {
    const held = hold();
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Approve' }));
    const select = createWrapper().findModal()?.findContent().findSelect();
    select?.openDropdown();
    select?.selectOptionByValue('28800');
    const dialog = screen.getByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Approve' }));
    await waitFor(() => expect(held.commands).toHaveLength(1));
    const hours = ((held.commands[0]?.until ?? 0) - Date.now() / 1000) / 3600;
    expect(hours).toBeGreaterThan(7.9);
    expect(hours).toBeLessThan(8.1);
  });

  it('asks for changes with a word about which', async () => {
    const held = hold({ allowed_actions: ['ask_for_changes'] });
    const app = await opened();
    await decide(app, 'Ask for changes');
    expect(await screen.findByText('Write what should change.')).toBeDefined();
    const dialog = screen.getByRole('dialog');
    await app.user.type(within(dialog).getByRole('textbox'), 'One bucket is enough.');
    await app.user.click(within(dialog).getByRole('button', { name: 'Ask for changes' }));
    await waitFor(() =>
      expect(held.commands[0]).toMatchObject({ command: 'ask_for_changes', comment_text: 'One bucket is enough.' }),
    );
  });

  it('is to extend what ends, to a time that must be named', async () => {
    const held = hold({ state: 'applied', allowed_actions: ['extend_request', 'end_request'] });
    const app = await opened();
    await decide(app, 'Extend');
    expect(await screen.findByText('Choose an end.')).toBeDefined();
    expect(held.commands).toEqual([]);
    await app.user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Go back' }));
    await decide(app, 'End now');
    await waitFor(() => expect(held.commands.map(({ command }) => command)).toEqual(['end_request']));
  });

  it('leads to the request for more time', async () => {
    hold({ state: 'applied', allowed_actions: ['extend_request'] });
    server.use(
      http.put('/api/v2/requests/{request_id}', ({ response }) =>
        response(200).json({
          errors: 0,
          action_results: [
            { status: 'success', message: 'Successfully asked for more time: /policies/request/another' },
          ],
        }),
      ),
    );
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Extend' }));
    const select = createWrapper().findModal()?.findContent().findSelect();
    select?.openDropdown();
    select?.selectOptionByValue('28800');
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Extend' }));
    const link = await screen.findByRole('link', { name: 'Open the new request' });
    expect(link.getAttribute('href')).toBe('/policies/request/another');
  });

  it.each([
    ['failed', 'retry_failed', 'Try what failed again'],
    ['rejected', 'move_back_to_pending', 'Open it again'],
  ] as const)('of one that was %s is %s', async (state, command, name) => {
    const held = hold({ state, allowed_actions: [command], refusals: { approve_request: 'It is over.' } });
    await decide(await opened(), name);
    await waitFor(() => expect(held.commands.map((model) => model.command)).toEqual([command]));
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
  });

  it('is to take one of several changes out', async () => {
    const held = hold({ changes: [reviewChange(), OTHER], allowed_actions: ['cancel_change'] });
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Take out: Add tag owner' }));
    await waitFor(() =>
      expect(held.commands[0]).toMatchObject({ command: 'cancel_change', change_id: `${REQUEST_ID}1` }),
    );
  });
});

describe('what whoever decides must see', () => {
  it('is who must approve, who has, and what was said before', async () => {
    hold({
      changes: [reviewChange(), OTHER],
      revision: 2,
      approval: {
        approved: false,
        reason: 'One approval is missing.',
        stages: [
          stage({
            rule: 'owners',
            approvers: ['the owner'],
            approved_by: ['cem@example.com'],
            complete: true,
            open: false,
          }),
          stage({ rule: 'production', approvers: ['admins'], count: 2, stage: 2 }),
          stage({ rule: 'last', approvers: ['security'], open: false, stage: 3 }),
        ],
        rulings: [
          {
            actor: 'dora@example.com',
            verdict: 'ask',
            revision: 1,
            decided_at: 1_800_000_000,
            comment: 'Narrower, please.',
            until: null,
            rule: null,
          },
          {
            actor: 'cem@example.com',
            verdict: 'approve',
            revision: 2,
            decided_at: 1_800_000_500,
            comment: '',
            until: 1_900_000_000,
            rule: null,
          },
        ],
      },
    });
    await opened();
    expect(screen.getByText('Approved by cem@example.com')).toBeDefined();
    expect(screen.getByText('0 of 2')).toBeDefined();
    expect(screen.getByText('0 of 1. It waits for the stages before it')).toBeDefined();
    expect(screen.getByText('Narrower, please.')).toBeDefined();
    expect(screen.getByText(/it does not count any more/)).toBeDefined();
    expect(screen.getByText(/For no longer than/)).toBeDefined();
    await expectAccessible();
  });

  it('is what the guardrails found, the gravest first', async () => {
    const finding = { change_id: CHANGE, rule: 'wildcards', reason: 'Because.', place: '' };
    hold({
      findings: [
        { ...finding, verdict: 'note', title: 'It adds read access' },
        { ...finding, verdict: 'warn', title: 'It names every bucket', place: 'Statement[0].Resource' },
        { ...finding, change_id: 'another', verdict: 'warn', title: 'Of another change' },
      ],
    });
    await opened();
    const titles = screen.getAllByText(/^It (adds|names)/).map(({ textContent }) => textContent);
    expect(titles).toEqual(['It names every bucket', 'It adds read access']);
    expect(screen.getByText('Statement[0].Resource')).toBeDefined();
    expect(screen.queryByText('Of another change')).toBeNull();
  });

  it('is when each change ends, and whether it has', async () => {
    hold({
      state: 'stuck',
      changes: [
        reviewChange({ status: 'applied', until: 1_900_000_000, ends_at: 1_850_000_000 }),
        { ...OTHER, status: 'ended', ended_at: 1_800_000_000, taken: true },
      ],
      ends: [{ change_id: CHANGE, at: 1_850_000_000, attempts: 6, failure: 'AWS is throttling.', stuck: true }],
    });
    await opened();
    expect(screen.getByText(/earlier than was asked for/)).toBeDefined();
    expect(screen.getByText(/AWS has shown that it is taken back/)).toBeDefined();
    expect(screen.getByText('AWS is throttling.')).toBeDefined();
  });

  it('is what the revisions before said', async () => {
    const version = (number: number) => ({
      number,
      author: 'bea@example.com',
      created_at: 1_800_000_000,
      current: number === 2,
      changes: ['Add inline policy read-invoices'],
    });
    hold({ revision: 2, revisions: [version(1), version(2)] });
    server.use(
      http.get('/api/v2/requests/{request_id}/revisions', ({ query, response }) =>
        response(200).json({
          older: version(Number(query.get('older'))),
          newer: version(Number(query.get('newer'))),
          changes: [
            {
              id: CHANGE,
              change_type: 'inline_policy',
              target_arn: 'arn',
              older: { Statement: [{ Sid: 'Old' }] },
              newer: { Statement: [{ Sid: 'New' }] },
              older_until: null,
              newer_until: 1_900_000_000,
              same: false,
            },
          ],
          findings_gone: [],
          findings_new: [
            {
              change_id: CHANGE,
              rule: 'wildcards',
              verdict: 'warn',
              title: 'It names every bucket',
              reason: 'Because.',
            },
          ],
        }),
      ),
    );
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Compare revision 1 with the present one' }));
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText('It names every bucket')).toBeDefined();
    expect(within(dialog).getByText(/Its end is another one/)).toBeDefined();
  });
});

describe('comments', () => {
  const said = (part: Partial<ReviewComment> = {}): ReviewComment => ({
    id: 'c1',
    actor: 'ana@example.com',
    at: 1_800_000_100,
    text: 'Why this bucket?',
    reply_to: null,
    ...part,
  });

  it('are sent and then stand among the others', async () => {
    const held = hold();
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Add comment' }));
    expect(screen.getByText('Write something first.')).toBeDefined();
    await user.type(screen.getByRole('textbox', { name: 'Comment' }), 'Why this bucket?');
    held.now = { comments: [said()] };
    await user.click(screen.getByRole('button', { name: 'Add comment' }));
    expect((await screen.findByText('Why this bucket?')).tagName).toBe('P');
    expect(held.commands[0]).toMatchObject({ command: 'add_comment', comment_text: 'Why this bucket?' });
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Comment' }).value).toBe('');
  });

  it('are answered below what they answer', async () => {
    const held = hold({
      comments: [
        said(),
        said({ id: 'c2', text: 'Something else' }),
        said({ id: 'c3', text: 'It is theirs', reply_to: 'c1' }),
      ],
    });
    const { user } = await opened();
    const [first] = screen.getAllByRole('button', { name: 'Reply to ana@example.com' });
    const thread = screen.getByText('Why this bucket?').closest('li');
    expect(thread === null ? null : within(thread).getByText('It is theirs')).not.toBeNull();
    if (first !== undefined) await user.click(first);
    await user.type(screen.getByRole('textbox', { name: 'Reply to ana@example.com' }), 'Thanks');
    await user.click(screen.getByRole('button', { name: 'Send the reply' }));
    await waitFor(() =>
      expect(held.commands[0]).toMatchObject({ command: 'add_comment', comment_text: 'Thanks', reply_to: 'c1' }),
    );
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Send the reply' })).toBeNull());
  });
});
