import { screen, waitFor } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { resourcePage } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const hit = { rank: 0, arn: '', kind: '', detail: '' };

function everything(): string[] {
  const asked: string[] = [];
  server.use(
    http.get('/api/v2/search/everything', ({ request, response }) => {
      asked.push(new URL(request.url).searchParams.get('text') ?? '');
      return response(200).json({
        roles: [{ ...hit, title: 'ledger-role', kind: 'AWS::IAM::Role', url: '/inventory', detail: 'payments-test' }],
        resources: [{ ...hit, title: 'ledger-key', kind: 'AWS::KMS::Key', url: '', arn: 'arn:aws:kms:::ledger' }],
        accounts: [{ ...hit, title: 'ledger-prod', url: '/policies?account_id=444455556666', detail: '444455556666' }],
        requests: [{ rank: 3, title: 'app', detail: 'pending · ana', justification: 'ledger', url: '/requests' }],
      });
    }),
    http.post('/api/v2/search', ({ response }) => response(200).json(resourcePage([]))),
  );
  return asked;
}

/** The bar is narrow here: the box is behind its icon. */
async function box(user: UserEvent): Promise<HTMLElement> {
  if (screen.queryByRole('combobox', { name: 'Search everything' }) === null)
    await user.click(await screen.findByRole('button', { name: 'Open the search box' }));
  return await screen.findByRole('combobox', { name: 'Search everything' });
}

describe('the search box of every page', () => {
  it('finds roles, resources, accounts and requests, and goes there', async () => {
    const asked = everything();
    const { user, at } = renderApp('/inventory');
    await user.type(await box(user), 'ledger');
    await user.click(await screen.findByRole('option', { name: /ledger-prod/ }));
    await waitFor(() => expect(at()).toBe('/policies?account_id=444455556666'));
    expect(asked.at(-1)).toBe('ledger');
    expect(await box(user)).toHaveProperty('value', '');
  });

  it('goes to the table for what has no page', async () => {
    everything();
    const { user, at } = renderApp('/inventory');
    await user.type(await box(user), 'ledger');
    await user.click(await screen.findByRole('option', { name: /ledger-key/ }));
    await waitFor(() => expect(at()).toContain('/policies?q=arn%3Aaws%3Akms'));
  });

  it('goes to the table for what was typed', async () => {
    everything();
    const { user, at } = renderApp('/inventory');
    await user.type(await box(user), 'export all{Enter}');
    await waitFor(() => expect(at()).toBe('/policies?q=export%20all'));
  });

  it('says when the search failed', async () => {
    server.use(http.get('/api/v2/search/everything', ({ response }) => response.untyped(refusal(400, 'Not now.'))));
    const { user } = renderApp('/inventory');
    await user.type(await box(user), 'ledger');
    expect(await screen.findByText('The search failed.')).toBeDefined();
  });
});
