import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { renderApp } from '@/testing/render-app';
import { REQUEST_ID, requestRow, requestTable } from '@/testing/requests';
import { http, refusal, server } from '@/testing/server';

const ROWS = [
  requestRow(),
  requestRow({
    request_id: '0a1b2c3d-0000-5000-8000-000000000000',
    username: 'carl@example.com',
    state: 'partially_applied',
    status: 'approved',
    title: 'Add tag owner',
    until: 1_900_000_000,
  }),
];

function haveRequests(cursor: string | null = null): unknown[] {
  const asked: unknown[] = [];
  server.use(
    http.post('/api/v2/requests', async ({ request, response }) => {
      const body = await request.json();
      asked.push(body);
      const later = body.cursor !== undefined && body.cursor !== null;
      const rows = later ? [requestRow({ request_id: 'ffffffff-0000-5000-8000-000000000000' })] : ROWS;
      return response(200).json(requestTable(rows, { cursor: later ? null : cursor }));
    }),
  );
  return asked;
}

const idLinks = () =>
  screen.queryAllByRole('link', { name: /^Request [0-9a-f]/ }).map(({ textContent }) => textContent);

describe('the requests', () => {
  it('are listed with who asked for what, until when, and what came of it', async () => {
    haveRequests();
    renderApp('/requests');
    expect(await screen.findByText('Waiting for a decision')).toBeDefined();
    expect(screen.getByText('Applied in part')).toBeDefined();
    expect(screen.getByText('Add tag owner')).toBeDefined();
    expect(screen.getByText('For ever')).toBeDefined();
    expect(screen.getByText('carl@example.com')).toBeDefined();
    expect(idLinks()).toHaveLength(2);
    expect(document.title).toBe('Requests · ConsoleMe');
    await expectAccessible();
  });

  it('open at a click', async () => {
    haveRequests();
    server.use(
      http.get('/api/v2/requests/{request_id}', ({ response }) =>
        response.untyped(refusal(404, 'There is no such request.')),
      ),
    );
    const { user, at } = renderApp('/requests');
    await user.click(await screen.findByRole('link', { name: `Request ${REQUEST_ID}` }));
    await expect.poll(at).toBe(`/policies/request/${REQUEST_ID}`);
    expect(await screen.findByText('There is no such request.')).toBeDefined();
    expect(screen.getByRole('link', { name: 'All requests' })).toBeDefined();
  });

  it('are searched by the service, and the address says for what', async () => {
    const asked = haveRequests();
    const { user, at } = renderApp('/requests');
    await user.type(await screen.findByRole('searchbox', { name: 'Search the requests' }), 'queue');
    await expect.poll(() => asked.at(-1)).toEqual({ tab: 'all', limit: 50, where: { text: 'queue' } });
    expect(at()).toBe('/requests?q=queue');
  });

  it('of one status are asked of the service', async () => {
    const asked = haveRequests();
    const { at } = renderApp('/requests');
    await screen.findByText('Applied in part');
    const select = createWrapper().findSelect();
    select?.openDropdown();
    select?.selectOptionByValue('failed');
    await expect
      .poll(() => asked.at(-1))
      .toEqual({ tab: 'all', limit: 50, where: { states: ['failed', 'partially_applied', 'stuck'] } });
    expect(at()).toBe('/requests?status=failed');
  });

  it('that wait for me have a tab of their own, which says how many', async () => {
    const asked = haveRequests();
    const { user, at } = renderApp('/requests');
    await user.click(await screen.findByRole('tab', { name: 'To review (1)' }));
    await expect.poll(() => asked.at(-1)).toEqual({ tab: 'review', limit: 50 });
    expect(at()).toBe('/requests?tab=review');
  });

  it('of old links are found: /requests?username=…&status=pending', async () => {
    const asked = haveRequests();
    const { user, at } = renderApp('/requests?username=carl&status=pending');
    await expect
      .poll(() => asked)
      .toEqual([
        { tab: 'all', limit: 50, where: { states: ['pending', 'needs_rebase'] }, filters: { username: 'carl' } },
      ]);
    await user.click(await screen.findByRole('button', { name: 'Do not filter by username' }));
    await expect.poll(at).toBe('/requests?status=pending');
  });

  it('come page by page', async () => {
    const asked = haveRequests('second');
    const { user } = renderApp('/requests');
    expect(await screen.findByText('The newest 2 of 3')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    await expect.poll(idLinks).toEqual(['6f0e1c2a', '0a1b2c3d', 'ffffffff']);
    expect(asked.at(-1)).toEqual({ tab: 'all', limit: 50, cursor: 'second', count: false });
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  it('lead to a first one when there are none', async () => {
    server.use(http.post('/api/v2/requests', ({ response }) => response(200).json(requestTable([]))));
    renderApp('/requests');
    expect(await screen.findByText('Nobody has asked for anything yet')).toBeDefined();
    expect(screen.getAllByRole('link', { name: 'New request' })[0]?.getAttribute('href')).toBe('/requests/new');
  });

  it('that do not match lead back to all of them', async () => {
    server.use(http.post('/api/v2/requests', ({ response }) => response(200).json(requestTable([]))));
    const { user, at } = renderApp('/requests?tab=mine&temporary=yes');
    await user.click(await screen.findByRole('button', { name: 'Show all requests' }));
    expect(at()).toBe('/requests?tab=mine');
    expect(await screen.findByText('You have not asked for anything yet')).toBeDefined();
  });

  it('that cannot be loaded say why', async () => {
    server.use(
      http.post('/api/v2/requests', ({ response }) =>
        response.untyped(refusal(400, 'filters.state: this takes too long.')),
      ),
    );
    renderApp('/requests');
    expect(await screen.findByText('filters.state: this takes too long.')).toBeDefined();
  });
});
