import type { RequestQuestion, ReviewState } from '@/api/types';

export const PAGE_SIZE = 50;

export const TABS = [
  { id: 'all', text: 'All' },
  { id: 'review', text: 'To review' },
  { id: 'mine', text: 'Mine' },
] as const;
export type TabId = (typeof TABS)[number]['id'];

export interface StateFilter {
  id: string;
  text: string;
  states: readonly ReviewState[];
}

export const EVERY_STATE: StateFilter = { id: 'all', text: 'Every status', states: [] };

/** The ids are also what links like `/requests?status=pending` say. */
export const STATE_FILTERS: readonly StateFilter[] = [
  EVERY_STATE,
  { id: 'pending', text: 'Waiting for a decision', states: ['pending', 'needs_rebase'] },
  {
    id: 'approved',
    text: 'Approved, whatever came of it',
    states: ['approved', 'applying', 'applied', 'partially_applied', 'failed', 'ended'],
  },
  { id: 'applying', text: 'Being applied', states: ['approved', 'applying'] },
  { id: 'applied', text: 'Applied', states: ['applied', 'partially_applied'] },
  { id: 'failed', text: 'Failed or stuck', states: ['failed', 'partially_applied', 'stuck'] },
  { id: 'ended', text: 'Ended', states: ['ended'] },
  { id: 'rejected', text: 'Rejected', states: ['rejected'] },
  { id: 'cancelled', text: 'Cancelled or expired', states: ['cancelled', 'expired'] },
  { id: 'draft', text: 'Drafts', states: ['draft'] },
];

/** Columns that links of old name, with an expression that their cells match. */
const OLD_COLUMNS = ['username', 'arn', 'request_id', 'justification'];

/** What the table shows, as the address of the page holds it. */
export interface TableView {
  tab: TabId;
  text: string;
  status: StateFilter;
  temporary: boolean;
  columns: Readonly<Record<string, string>>;
}

export const EVERYTHING: Omit<TableView, 'tab'> = { text: '', status: EVERY_STATE, temporary: false, columns: {} };

export function viewOf(params: URLSearchParams): TableView {
  const columns = OLD_COLUMNS.flatMap((column) => {
    const value = params.get(column) ?? '';
    return value === '' ? [] : [[column, value] as const];
  });
  return {
    tab: TABS.find(({ id }) => id === params.get('tab'))?.id ?? 'all',
    text: params.get('q') ?? '',
    status: STATE_FILTERS.find(({ id }) => id === params.get('status')) ?? EVERY_STATE,
    temporary: params.get('temporary') === 'yes',
    columns: Object.fromEntries(columns),
  };
}

/** Only what differs from the table as it opens. */
export function paramsOf({ tab, text, status, temporary, columns }: TableView): URLSearchParams {
  const params = new URLSearchParams(columns);
  if (tab !== 'all') params.set('tab', tab);
  if (text !== '') params.set('q', text);
  if (status !== EVERY_STATE) params.set('status', status.id);
  if (temporary) params.set('temporary', 'yes');
  return params;
}

export function isNarrowed({ text, status, temporary, columns }: TableView): boolean {
  return text.trim() !== '' || status !== EVERY_STATE || temporary || Object.keys(columns).length > 0;
}

export function questionOf({ tab, text, status, temporary, columns }: TableView): RequestQuestion {
  const where = {
    ...(text.trim() === '' ? {} : { text: text.trim() }),
    ...(status.states.length === 0 ? {} : { states: [...status.states] }),
    ...(temporary ? { temporary } : {}),
  };
  return {
    tab,
    limit: PAGE_SIZE,
    ...(Object.keys(where).length === 0 ? {} : { where }),
    ...(Object.keys(columns).length === 0 ? {} : { filters: columns }),
  };
}
