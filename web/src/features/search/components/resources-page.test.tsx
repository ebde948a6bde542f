import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ResourceSearch } from '@/api/types';
import { expectAccessible } from '@/testing/accessible';
import { foundResource, resourcePage } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

let asked: ResourceSearch[] = [];

function answering(answer: (question: ResourceSearch) => ReturnType<typeof resourcePage>): void {
  server.use(
    http.post('/api/v2/search', async ({ request, response }) => {
      const question = await request.json();
      asked.push(question);
      return response(200).json(answer(question));
    }),
  );
}

beforeEach(() => {
  asked = [];
  answering(() => resourcePage([foundResource({ name: 'ledger' }), foundResource({ name: 'export', url: '' })]));
});

describe('the table of all resources', () => {
  it('shows what there is, where, and how many', async () => {
    renderApp('/policies');
    const link = await screen.findByRole('link', { name: 'ledger' });
    expect(link.getAttribute('href')).toBe('/policies/edit/111122223333/s3/ledger');
    expect(screen.queryByRole('link', { name: 'export' })).toBeNull();
    expect(screen.getByText('1–2 of 2')).toBeDefined();
    expect(document.title).toBe('Resources · ConsoleMe');
    await expectAccessible();
  });

  it('searches when somebody pauses, keeps what it shows meanwhile, and holds the search in its address', async () => {
    const { user, at } = renderApp('/policies');
    await screen.findByRole('link', { name: 'ledger' });
    await user.type(screen.getByRole('searchbox', { name: 'Search the resources' }), 'name:ledger -test');
    expect(screen.getByRole('link', { name: 'ledger' })).toBeDefined();
    await waitFor(() => expect(at()).toBe('/policies?q=name%3Aledger+-test'));
    await waitFor(() => expect(asked.at(-1)?.conditions).toHaveLength(2));
  });

  it('opens as a link says', async () => {
    renderApp('/policies?q=ledger&kind=AWS::S3::Bucket&sort=name&order=desc');
    await screen.findByRole('link', { name: 'ledger' });
    expect(asked[0]).toMatchObject({ sort: 'name', descending: true, limit: 50, after: null });
    expect(asked[0]?.conditions?.map(({ value }) => value)).toEqual(['ledger', 'AWS::S3::Bucket']);
    expect(screen.getByRole('searchbox', { name: 'Search the resources' })).toHaveProperty('value', 'ledger');
  });

  it('leafs forwards and backwards', async () => {
    answering(({ after }) =>
      after === null || after === undefined
        ? resourcePage([foundResource({ name: 'first' })], { matching: 51, after: ['arn:aws:s3:::first', 'x'] })
        : resourcePage([foundResource({ name: 'second' })], { matching: 51 }),
    );
    const { user, at } = renderApp('/policies');
    await screen.findByRole('link', { name: 'first' });
    await user.click(screen.getByRole('button', { name: 'Next page' }));
    expect(await screen.findByRole('link', { name: 'second' })).toBeDefined();
    expect(at()).toContain('page=2');
    await user.click(screen.getByRole('button', { name: 'Previous page' }));
    expect(await screen.findByRole('link', { name: 'first' })).toBeDefined();
    expect(at()).toBe('/policies');
  });

  it('sorts at the service', async () => {
    const { user, at } = renderApp('/policies');
    await screen.findByRole('link', { name: 'ledger' });
    await user.click(screen.getByRole('button', { name: /Owner/ }));
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ sort: 'owner', descending: false }));
    expect(at()).toBe('/policies?sort=owner');
  });

  it('says what to do when nothing fits', async () => {
    answering(() => resourcePage([]));
    const { user } = renderApp('/policies?q=none');
    await user.click(await screen.findByRole('button', { name: 'Show all resources' }));
    expect(await screen.findByText('No resource is known yet')).toBeDefined();
  });

  it('says why a search is refused', async () => {
    server.use(
      http.post('/api/v2/search', ({ response }) =>
        response.untyped(refusal(400, 'The regular expression for arn takes too long.')),
      ),
    );
    renderApp('/policies?q=/(a+)+$/');
    expect(await screen.findByText(/takes too long/)).toBeDefined();
  });

  it('marks the rows of an account that can not be read', async () => {
    answering(() =>
      resourcePage([foundResource({ name: 'old', account_id: '444455556666', account_name: 'payments-prod' })]),
    );
    renderApp('/policies');
    expect(await screen.findByText('Never read')).toBeDefined();
  });

  it('explains how to search', async () => {
    const { user } = renderApp('/policies');
    await screen.findByRole('link', { name: 'ledger' });
    await user.click(screen.getByRole('button', { name: 'How to search' }));
    expect(await screen.findByText('tag:team=payments')).toBeDefined();
  });

  it('exports everything that fits, part by part, as one file', async () => {
    const files: Blob[] = [];
    const made = vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => {
      files.push(file as Blob);
      return 'blob:none';
    });
    const places: unknown[] = [];
    server.use(
      http.post('/api/v2/search/export', async ({ request, response }) => {
        const { after } = await request.json();
        places.push(after);
        const more = after === null ? { 'X-Next-Place': '["a","b"]' } : undefined;
        return response.untyped(new Response(after === null ? 'head\n' : 'rest\n', { headers: { ...more } }));
      }),
    );
    const { user } = renderApp('/policies?q=ledger');
    await screen.findByRole('link', { name: 'ledger' });
    await user.click(screen.getByRole('button', { name: 'Export all that fit' }));
    await user.click(within(await screen.findByRole('menu')).getByText('CSV'));
    await waitFor(() => expect(files).toHaveLength(1));
    made.mockRestore();
    expect(await files[0]?.text()).toBe('head\nrest\n');
    expect(places).toEqual([null, ['a', 'b']]);
  });
});
