import { cleanup, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Review } from '@/api/types';
import { ROLE_ARN } from '@/testing/data';
import { expectAccessible } from '@/testing/accessible';
import { hold, opened } from '@/testing/held-request';
import { renderApp } from '@/testing/render-app';
import { extendedRequest, REQUEST_ID, review, reviewChange } from '@/testing/requests';
import { http, server } from '@/testing/server';

const TAG = reviewChange({
  change_type: 'resource_tag',
  title: 'Set tag owner',
  wish: { principal_arn: ROLE_ARN, tag_action: 'create', key: 'owner', value: 'pay' },
  before: null,
  after: { owner: 'pay' },
});
const DRAFT: Partial<Review> = {
  state: 'draft',
  changes: [TAG],
  allowed_actions: ['submit_draft', 'cancel_request', 'update_change'],
};

async function edited(part: Partial<Review> = {}) {
  const held = hold({ ...DRAFT, ...part });
  const app = renderApp(`/requests/new?draft=${REQUEST_ID}`);
  const value = await screen.findByRole('textbox', { name: 'Value' });
  await app.user.clear(value);
  await app.user.type(value, 'billing');
  return { held, app };
}

const FILLED = {
  command: 'update_change',
  justification: 'The nightly export reads invoices.',
  on_failure: 'keep',
  changes: { changes: [{ change_type: 'resource_tag', tag_action: 'create', key: 'owner', value: 'billing' }] },
};

describe('a draft that the service keeps', () => {
  it('is taken back into the form from its own page', async () => {
    hold(DRAFT);
    const { user } = await opened();
    await user.click(screen.getByRole('link', { name: 'Edit the draft' }));
    expect(await screen.findByRole('heading', { name: 'Edit a draft' })).toBeDefined();
    expect((await screen.findByRole<HTMLInputElement>('textbox', { name: 'Value' })).value).toBe('pay');
    await expectAccessible();
  });

  it('is filled in anew, is shown as it is then, and the browser keeps nothing of it', async () => {
    const { held, app } = await edited();
    expect(localStorage.length).toBe(0);
    held.now = { ...DRAFT, revision: 2, revision_hash: '2222222222-hash' };
    await app.user.click(screen.getByRole('button', { name: 'Save as a draft' }));
    await expect.poll(app.at).toBe(`/policies/request/${REQUEST_ID}`);
    expect(await screen.findByText('2222222222')).toBeDefined();
    expect(held.commands).toMatchObject([FILLED]);
  });

  it('is sent as it was looked at', async () => {
    const { held, app } = await edited();
    server.use(
      http.post('/api/v2/request', async ({ request, response }) => {
        expect((await request.json()).dry_run).toBe(true);
        return response(200).json({
          errors: 0,
          request_created: false,
          request_id: null,
          request_url: null,
          action_results: [],
          extended_request: extendedRequest(),
          review: review(),
        });
      }),
    );
    await app.user.click(screen.getByRole('button', { name: 'Preview' }));
    await app.user.click(await screen.findByRole('button', { name: 'Send request' }));
    await expect.poll(app.at).toBe(`/policies/request/${REQUEST_ID}`);
    expect(held.commands).toMatchObject([FILLED, { command: 'submit_draft' }]);
  });

  it('that was sent meanwhile is not edited any more', async () => {
    hold({ ...DRAFT, state: 'pending' });
    renderApp(`/requests/new?draft=${REQUEST_ID}`);
    expect(await screen.findByText('This is no draft any more')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Save as a draft' })).toBeNull();
  });

  it('with a change that the form has no fields for is not offered to be edited', async () => {
    const odd = { ...DRAFT, changes: [TAG, reviewChange({ change_type: 'role_create', wish: {} })] };
    hold(odd);
    await opened();
    expect(screen.queryByRole('link', { name: 'Edit the draft' })).toBeNull();
    cleanup();
    renderApp(`/requests/new?draft=${REQUEST_ID}`);
    expect(await screen.findByText('This form has no fields for it')).toBeDefined();
  });
});
