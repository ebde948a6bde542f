import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { AuditEntry } from '@/features/audit/lib/types';
import { expectAccessible } from '@/testing/accessible';
import { profile, ROLE_ARN } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

function entry(part: Partial<AuditEntry> = {}): AuditEntry {
  return {
    occurred_at: 1_800_000_000,
    person: 'user:ana@example.com',
    action: 'credentials.issue',
    target: ROLE_ARN,
    outcome: 'done',
    reason: '',
    details: { address: '198.51.100.7', access_key_id: 'ASIAEXAMPLE' },
    chain: '01CHAIN',
    number: 0,
    ...part,
  };
}

interface Page {
  entries: AuditEntry[];
  cursor: string | null;
  unreadable?: number;
}

/** Answers by cursor; gives the questions that were asked. */
function haveLog(pages: Record<string, Page>): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get('/api/v2/user_profile', ({ response }) =>
      response(200).json(profile({ pages: { audit: { enabled: true } } })),
    ),
    http.get('/api/v2/audit/activity', ({ request, response }) => {
      const params = new URL(request.url).searchParams;
      asked.push(params);
      const page = pages[params.get('cursor') ?? ''] ?? { entries: [], cursor: null };
      return response(200).json({ unreadable: 0, ...page });
    }),
  );
  return asked;
}

describe('the audit log', () => {
  it('shows who did what to what, why, and how it ended', async () => {
    haveLog({
      '': {
        entries: [
          entry(),
          entry({ number: 1, person: 'system:due', action: 'request.expire', target: 'request', outcome: 'failed' }),
          entry({ number: 2, outcome: 'refused', reason: 'None of your roles matches.' }),
        ],
        cursor: null,
      },
    });
    const { user } = renderApp('/audit');
    expect(await screen.findByText('system:due')).toBeDefined();
    expect(screen.getAllByRole('link', { name: 'ana@example.com' })).toHaveLength(2);
    expect(screen.getByText('None of your roles matches.')).toBeDefined();
    expect(screen.getByText('Failed')).toBeDefined();
    const [first] = screen.getAllByRole('button', { name: 'Details' });
    if (first === undefined) throw new Error('There are no details.');
    await user.click(first);
    expect(screen.getAllByText('198.51.100.7')).not.toEqual([]);
    expect(screen.getByText('01CHAIN 0')).toBeDefined();
    expect(screen.getByText('This is all.')).toBeDefined();
    expect(document.title).toBe('Audit log · ConsoleMe');
    await expectAccessible();
  });

  it('asks for nothing without the permission, and is not in the list of pages', async () => {
    // A call to /api/v2/audit/activity would have no handler and fail the test.
    renderApp('/audit');
    expect(await screen.findByText('You may not see the audit log')).toBeDefined();
    expect(document.querySelector('nav a[href="/audit"]')).toBeNull();
  });

  it('carries on page by page with the cursor and the same question', async () => {
    const asked = haveLog({
      '': { entries: [entry()], cursor: 'c1' },
      c1: { entries: [entry({ number: 1, action: 'console.sign_in' })], cursor: null },
    });
    const { user } = renderApp('/audit');
    await user.click(await screen.findByRole('button', { name: 'Show older entries' }));
    expect(await screen.findByText('console.sign_in')).toBeDefined();
    expect(screen.getByText('credentials.issue')).toBeDefined();
    expect(asked.map((params) => params.get('cursor'))).toEqual([null, 'c1']);
    expect(asked[0]?.get('since')).toBe(asked[1]?.get('since'));
  });

  it('says when much was read and nothing fitted, and looks further', async () => {
    haveLog({ '': { entries: [], cursor: 'c1' }, c1: { entries: [entry()], cursor: null } });
    const { user } = renderApp('/audit?text=needle');
    await user.click(await screen.findByRole('button', { name: 'Look further back' }));
    expect(await screen.findByText('credentials.issue')).toBeDefined();
  });

  it('asks only when the search is sent, and keeps it in the address', async () => {
    const asked = haveLog({ '': { entries: [], cursor: null } });
    const { user, at } = renderApp('/audit');
    await screen.findByText('No entry fits');
    await user.type(screen.getByRole('textbox', { name: 'Person' }), 'ana@example.com');
    await user.type(screen.getByRole('textbox', { name: 'Target' }), 'arn:aws:iam::*');
    expect(asked).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Search' }));
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]?.get('person')).toBe('ana@example.com');
    expect(asked[1]?.get('target_prefix')).toBe('arn:aws:iam::');
    expect(at()).toBe('/audit?person=ana%40example.com&target=arn%3Aaws%3Aiam%3A%3A*');
    await user.click(await screen.findByRole('button', { name: 'Clear' }));
    await waitFor(() => expect(at()).toBe('/audit'));
  });

  it('warns of entries that somebody has damaged', async () => {
    haveLog({ '': { entries: [entry()], cursor: null, unreadable: 2 } });
    renderApp('/audit');
    expect(await screen.findByText('Somebody has damaged the audit log')).toBeDefined();
  });

  it('says why when the service refuses', async () => {
    haveLog({});
    server.use(
      http.get('/api/v2/audit/activity', ({ response }) =>
        response.untyped(refusal(403, 'This needs the permission can_audit.')),
      ),
    );
    renderApp('/audit');
    expect(await screen.findByText(/This needs the permission can_audit./)).toBeDefined();
  });

  it('exports every part into one file', async () => {
    haveLog({ '': { entries: [entry()], cursor: null } });
    const asked: URLSearchParams[] = [];
    server.use(
      http.get('/api/v2/audit/activity/export', ({ request, response }) => {
        const params = new URL(request.url).searchParams;
        asked.push(params);
        const more = params.get('cursor') === null;
        return response.untyped(
          new Response(more ? 'head\nfirst\n' : 'second\n', { headers: more ? { 'X-Next-Cursor': 'c1' } : {} }),
        );
      }),
    );
    const files: Blob[] = [];
    const names: string[] = [];
    vi.stubGlobal(
      'URL',
      Object.assign(URL, {
        createObjectURL: (blob: Blob) => {
          files.push(blob);
          return 'blob:x';
        },
        revokeObjectURL: () => undefined,
      }),
    );
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download);
    });
    const { user } = renderApp('/audit?action=credentials');
    await user.click(await screen.findByRole('button', { name: 'Export' }));
    await user.click(await screen.findByRole('menuitem', { name: /CSV/ }));
    await waitFor(() => expect(names).toEqual(['audit.csv']));
    expect(await files[0]?.text()).toBe('head\nfirst\nsecond\n');
    expect(asked.map((params) => [params.get('format'), params.get('action'), params.get('cursor')])).toEqual([
      ['csv', 'credentials', null],
      ['csv', 'credentials', 'c1'],
    ]);
    click.mockRestore();
    vi.unstubAllGlobals();
  });
});
