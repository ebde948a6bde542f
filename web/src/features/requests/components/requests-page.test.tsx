import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { REQUEST_ID, requestRow } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server, tableOf } from '@/testing/server';

const ROWS = [
  requestRow(),
  requestRow({
    request_id: '0a1b2c3d-0000-5000-8000-000000000000',
    username: 'carl@example.com',
    state: 'partially_applied',
    status: 'approved',
    justification: 'Queue access.',
  }),
  requestRow({ request_id: 'ffffffff-0000-5000-8000-000000000000', state: 'brand_new_state' }),
];

function haveRequests(total = ROWS.length): unknown[] {
  const asked: unknown[] = [];
  server.use(
    http.post('/api/v2/requests', async ({ request, response }) => {
      asked.push(await request.json());
      return response(200).json(tableOf(ROWS, total));
    }),
  );
  return asked;
}

const idLinks = () =>
  screen.queryAllByRole('link', { name: /^Request [0-9a-f]/ }).map(({ textContent }) => textContent);

describe('the requests', () => {
  it('are listed with who asked for what, and what came of it', async () => {
    haveRequests();
    renderApp('/requests');
    expect(await screen.findByText('Waiting for a decision')).toBeDefined();
    expect(screen.getByText('Applied in part')).toBeDefined();
    expect(screen.getByText('brand_new_state')).toBeDefined();
    expect(screen.getByText('carl@example.com')).toBeDefined();
    expect(idLinks()).toHaveLength(3);
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

  it('are searched by word, and the address says so', async () => {
    haveRequests();
    const { user, at } = renderApp('/requests');
    await user.type(await screen.findByRole('searchbox', { name: 'Search the requests' }), 'carl queue');
    await expect.poll(idLinks).toEqual(['0a1b2c3d']);
    expect(at()).toBe('/requests?q=carl+queue');
  });

  it('of one status are asked of the service', async () => {
    const asked = haveRequests();
    const { at } = renderApp('/requests');
    await screen.findByText('Applied in part');
    const select = createWrapper().findSelect();
    select?.openDropdown();
    select?.selectOptionByValue('failed');
    await expect
      .poll(() => asked)
      .toEqual([
        { limit: 1000, filters: {} },
        { limit: 1000, filters: { state: '^(failed|partially_applied|stuck)$' } },
      ]);
    expect(at()).toBe('/requests?status=failed');
  });

  it('of old links are found: /requests?username=…&status=pending', async () => {
    const asked = haveRequests();
    renderApp('/requests?username=carl&status=pending');
    await expect.poll(idLinks).toEqual(['0a1b2c3d']);
    expect(asked).toEqual([{ limit: 1000, filters: { state: '^(pending|needs_rebase)$' } }]);
  });

  it('that are not all here say so', async () => {
    haveRequests(4000);
    renderApp('/requests');
    expect(await screen.findByText(/the newest 3 of 4000 requests/)).toBeDefined();
  });

  it('lead to a first one when there are none', async () => {
    server.use(http.post('/api/v2/requests', ({ response }) => response(200).json(tableOf([]))));
    renderApp('/requests');
    expect(await screen.findByText('Nobody has asked for anything yet')).toBeDefined();
    expect(screen.getAllByRole('link', { name: 'New request' })[0]?.getAttribute('href')).toBe('/requests/new');
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
