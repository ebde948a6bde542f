import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Review } from '@/api/types';
import { expectAccessible } from '@/testing/accessible';
import { requestDetail, REQUEST_ID, reviewChange } from '@/testing/requests';
import { textIn, writeInto } from '@/testing/editor';
import { decide, hold, opened } from '@/testing/held-request';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const SECOND: Partial<Review> = {
  revision: 2,
  revision_hash: 'hash-of-revision-2',
  changes: [
    reviewChange({ after: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }),
  ],
  timeline: [
    { at: 1_800_000_000, actor: 'bea@example.com', kind: 'created', text: 'Request submitted' },
    { at: 1_800_000_900, actor: 'bea@example.com', kind: 'revised', text: 'Revision 2: every approval so far is void' },
  ],
};

describe('a review', () => {
  it('shows who asks for what, and what it changes', async () => {
    hold({ changes: [reviewChange({ before: { Version: '2012-10-17', Statement: [] } })] });
    await opened();
    expect(screen.getByText('The nightly export reads invoices.')).toBeDefined();
    expect(screen.getAllByText('bea@example.com').length).toBeGreaterThan(0);
    expect(await textIn('Add inline policy read-invoices: before')).toContain('"Statement": []');
    expect(await textIn('Add inline policy read-invoices: after')).toContain('"s3:GetObject"');
    expect(document.title).toBe('Request 6f0e1c2a · ConsoleMe');
    await expectAccessible();
  });

  it('can show the difference in one column', async () => {
    hold({ changes: [reviewChange({ before: { Version: '2012-10-17', Statement: [] } })] });
    const { user } = await opened();
    await user.click(await screen.findByRole('button', { name: 'Unified' }));
    expect(await textIn('Add inline policy read-invoices: before and after')).toContain('"s3:GetObject"');
  });

  it('approves the very revision that is on the screen', async () => {
    const held = hold();
    const app = await opened();
    await decide(app, 'Approve', 'Checked.');
    await waitFor(() =>
      expect(held.commands).toEqual([
        { command: 'approve_request', comment_text: 'Checked.', revision: 1, revision_hash: 'hash-of-revision-1' },
      ]),
    );
  });

  it.each([
    ['Reject', 'reject_request', 'The request is rejected.'],
    ['Cancel request', 'cancel_request', 'The request is cancelled.'],
  ])('%s asks once more and says that it is done', async (name, command, done) => {
    const held = hold();
    await decide(await opened(), name);
    expect(await screen.findByText(done)).toBeDefined();
    expect(held.commands.map((model) => model.command)).toEqual([command]);
  });

  it('shows what the person may not do, with the reason, and not what nobody speaks of', async () => {
    hold({
      allowed_actions: ['add_comment', 'cancel_request'],
      refusals: { approve_request: 'You have requested this change yourself.' },
    });
    const { user } = await opened();
    const approve = screen.getByRole('button', { name: 'Approve' });
    expect(approve.getAttribute('aria-disabled')).toBe('true');
    await user.hover(approve);
    expect(await screen.findAllByText('You have requested this change yourself.')).not.toEqual([]);
    expect(screen.getByRole('button', { name: 'Cancel request' }).getAttribute('aria-disabled')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Reject' })).toBeNull();
    expect(screen.queryByRole('button', { name: /^Edit/ })).toBeNull();
  });
});

describe('a request that was edited meanwhile', () => {
  it('is not approved: what changed is shown, and the new revision only at a click', async () => {
    const held = hold();
    const app = await opened();
    held.now = SECOND;
    server.use(
      http.put('/api/v2/requests/{request_id}', ({ response }) =>
        response.untyped(refusal(409, 'The request was edited meanwhile and is at revision 2.')),
      ),
    );
    await decide(app, 'Approve');
    expect(await screen.findByText('This request was edited while you were reading it')).toBeDefined();
    expect(screen.getByText(/You are reading revision/).textContent).toMatch(
      /^You are reading revision 1; it is now revision 2. bea@example.com edited it/,
    );
    expect(screen.getByRole('button', { name: 'Approve' }).getAttribute('aria-disabled')).toBe('true');
    expect(await textIn('Add inline policy read-invoices: new')).toContain('s3:GetObject');
    await app.user.click(screen.getByRole('button', { name: /What changed in/ }));
    expect(await textIn('Add inline policy read-invoices: after')).toContain('"Action": "*"');
    await expectAccessible();

    await app.user.click(screen.getByRole('button', { name: 'Show revision 2' }));
    expect(screen.queryByText('This request was edited while you were reading it')).toBeNull();
    await waitFor(async () => expect(await textIn('Add inline policy read-invoices: new')).toContain('"Action": "*"'));
    server.resetHandlers();
    const again = hold(SECOND);
    await decide(app, 'Approve');
    await waitFor(() => expect(again.commands[0]?.revision_hash).toBe('hash-of-revision-2'));
  });

  it('never changes under the eyes of whoever reads it', async () => {
    const held = hold();
    const { client } = await opened();
    held.now = SECOND;
    await client.invalidateQueries({ queryKey: ['requests'] });
    expect(await screen.findByText('This request was edited while you were reading it')).toBeDefined();
    expect(await textIn('Add inline policy read-invoices: new')).toContain('s3:GetObject');
  });

  it('tells what else stood in the way of a decision', async () => {
    hold();
    server.use(
      http.put('/api/v2/requests/{request_id}', ({ response }) =>
        response.untyped(refusal(409, 'The request was already rejected by cem.')),
      ),
    );
    await decide(await opened(), 'Approve');
    expect(await screen.findByText(/The request was already rejected by cem./)).toBeDefined();
  });
});

describe('an edit', () => {
  it('is a new revision, which is shown at once', async () => {
    const held = hold();
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Edit: Add inline policy read-invoices' }));
    const editor = 'Policy of Add inline policy read-invoices';
    await writeInto(editor, '{ "Statement": [');
    await user.click(screen.getByRole('button', { name: 'Save as a new revision' }));
    expect(await screen.findByText(/^Line 1, column \d+: /)).toBeDefined();
    expect(held.commands).toEqual([]);

    const document = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
    await writeInto(editor, JSON.stringify(document));
    held.now = SECOND;
    await user.click(screen.getByRole('button', { name: 'Save as a new revision' }));
    expect(await screen.findByText(/Your edit is a new revision/)).toBeDefined();
    expect(held.commands).toEqual([
      {
        command: 'update_change',
        change_id: `${REQUEST_ID}0`,
        policy_document: document,
        revision: 1,
        revision_hash: 'hash-of-revision-1',
      },
    ]);
    await waitFor(async () => expect(await textIn('Add inline policy read-invoices: new')).toContain('"Action": "*"'));
    expect(screen.queryByText('This request was edited while you were reading it')).toBeNull();
  });

  it('that the service refuses keeps the text', async () => {
    hold();
    server.use(
      http.put('/api/v2/requests/{request_id}', ({ response }) =>
        response.untyped(refusal(400, 'The change already is exactly that.')),
      ),
    );
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Edit: Add inline policy read-invoices' }));
    await writeInto('Policy of Add inline policy read-invoices', '{"Statement": [{}]}');
    await user.click(screen.getByRole('button', { name: 'Save as a new revision' }));
    expect(await screen.findByText(/already is exactly that/)).toBeDefined();
    expect(await textIn('Policy of Add inline policy read-invoices')).toBe('{"Statement": [{}]}');
  });

  it('of what AWS has overtaken can be as small as bringing it up to date', async () => {
    const held = hold({ state: 'needs_rebase' });
    const { user } = await opened();
    expect(screen.getByText('AWS has changed since this was reviewed')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Bring up to what is there now' }));
    await waitFor(() =>
      expect(held.commands[0]).toEqual({
        command: 'update_change',
        change_id: `${REQUEST_ID}0`,
        revision: 1,
        revision_hash: 'hash-of-revision-1',
      }),
    );
  });
});

describe('what comes of a request', () => {
  it('is followed until it is applied', async () => {
    const states: Partial<Review>[] = [
      { state: 'approved' },
      { state: 'applying', changes: [reviewChange({ status: 'applying' })] },
      { state: 'applied', allowed_actions: ['add_comment'], changes: [reviewChange({ status: 'applied' })] },
    ];
    const held = hold();
    let reads = 0;
    server.use(
      http.get('/api/v2/requests/{request_id}', ({ response }) => {
        held.now = states[Math.min(reads, states.length - 1)] ?? {};
        reads += 1;
        return response(200).json(requestDetail(held.now));
      }),
    );
    await opened();
    expect(await screen.findByText(/Every change was written, and read back/)).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
    expect(reads).toBe(3);
  });

  it('says why a change was not applied, and what failed on the way', async () => {
    hold({
      state: 'failed',
      allowed_actions: ['add_comment'],
      failure: 'The spoke role refused us.',
      changes: [reviewChange({ status: 'failed', error: 'AccessDenied: iam:PutRolePolicy' })],
    });
    await opened();
    expect(screen.getByText('Nothing was applied')).toBeDefined();
    expect(screen.getByText('The spoke role refused us.')).toBeDefined();
    expect(screen.getByText('AccessDenied: iam:PutRolePolicy')).toBeDefined();
  });

  it('shows results that the service counts as errors', async () => {
    hold();
    server.use(
      http.put('/api/v2/requests/{request_id}', ({ response }) =>
        response(200).json({ errors: 1, action_results: [{ status: 'error', message: 'Not applied: throttled.' }] }),
      ),
    );
    await decide(await opened(), 'Approve');
    expect(await screen.findByText('Not applied: throttled.')).toBeDefined();
  });
});

describe('a request that is not there', () => {
  it('says so', async () => {
    server.use(
      http.get('/api/v2/requests/{request_id}', ({ response }) =>
        response.untyped(refusal(404, 'There is no such request.')),
      ),
    );
    renderApp('/policies/request/nope');
    expect(await screen.findByText('There is no such request.')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });
});
