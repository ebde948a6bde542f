import type { FoundResource, ResourcePage, ResourceSearch } from '@/api/types';
import { KINDS } from '@/features/search/lib/kinds';
import { conditionsOf } from '@/features/search/lib/syntax';

export const PAGE_SIZE = 50;
export const SORTS = ['arn', 'name', 'technology', 'account_id', 'region', 'owner', 'errors'] as const;
export type Sort = (typeof SORTS)[number];
export type Place = [string | number, string];

/** What the table shows, as the address of the page holds it. */
export interface TableView {
  text: string;
  kind: string;
  sort: Sort;
  descending: boolean;
  /** Only counts pages; where the page begins is said by `after` or `before`. */
  page: number;
  after: Place | null;
  before: Place | null;
}

export const FIRST: Pick<TableView, 'page' | 'after' | 'before'> = { page: 1, after: null, before: null };
/** Links of old name columns; here their texts become words. */
const OLD_FIELDS = ['account_id', 'account_name', 'arn', 'technology', 'templated'];

function placeOf(text: string | null): Place | null {
  if (text === null) return null;
  const [arn, ...value] = text.split(' ').toReversed();
  const first = value.toReversed().join(' ');
  return arn === undefined || value.length === 0 ? null : [/^-?\d+n$/u.test(first) ? parseInt(first, 10) : first, arn];
}

/** A number is told from a text of digits by the letter behind it. */
function placeText([value, arn]: Place): string {
  return `${typeof value === 'number' ? `${String(value)}n` : value} ${arn}`;
}

export function viewOf(params: URLSearchParams): TableView {
  const old = OLD_FIELDS.flatMap((field) => {
    const value = params.get(field)?.trim() ?? '';
    return value === '' ? [] : [`${field}:${/\s/u.test(value) ? `"${value}"` : value}`];
  });
  const page = Number(params.get('page') ?? '1');
  const [after, before] = [placeOf(params.get('after')), placeOf(params.get('before'))];
  const moved = after !== null || before !== null;
  return {
    text: [params.get('q') ?? '', ...old].filter((part) => part !== '').join(' '),
    kind: KINDS.find(({ value }) => value === params.get('kind'))?.value ?? '',
    sort: SORTS.find((known) => known === params.get('sort')) ?? 'arn',
    descending: params.get('order') === 'desc',
    page: moved && Number.isInteger(page) && page > 0 ? page : 1,
    after,
    before: after === null ? before : null,
  };
}

/** Only what differs from the table as it opens. */
export function paramsOf(view: TableView): URLSearchParams {
  const params = new URLSearchParams();
  if (view.text.trim() !== '') params.set('q', view.text);
  if (view.kind !== '') params.set('kind', view.kind);
  if (view.sort !== 'arn') params.set('sort', view.sort);
  if (view.descending) params.set('order', 'desc');
  if (view.page > 1) params.set('page', String(view.page));
  if (view.after !== null) params.set('after', placeText(view.after));
  if (view.before !== null) params.set('before', placeText(view.before));
  return params;
}

export function isNarrowed(view: TableView): boolean {
  return view.text.trim() !== '' || view.kind !== '';
}

export type Question = Required<Omit<ResourceSearch, 'after'>> & { after: Place | null };

/** A page that lies before a place is asked for backwards. */
export function questionOf(view: TableView): Question {
  const conditions = conditionsOf(view.text);
  if (view.kind !== '')
    conditions.push({ column: 'technology', operator: 'equals', value: view.kind, low: 0, high: 0 });
  return {
    text: '',
    conditions,
    sort: view.sort,
    descending: view.before === null ? view.descending : !view.descending,
    limit: PAGE_SIZE,
    after: view.after ?? view.before,
  };
}

export interface Shown {
  rows: readonly FoundResource[];
  total: number;
  matching: number;
  asOf: number | null;
  next: TableView | null;
  previous: TableView | null;
}

function place(row: FoundResource | undefined, sort: Sort): Place | null {
  return row === undefined ? null : [row[sort], row.arn];
}

function before(page: number, first: Place | null): Pick<TableView, 'page' | 'after' | 'before'> {
  return page <= 2 || first === null ? FIRST : { page: page - 1, after: null, before: first };
}

/** The answer in the order in which it is shown, and the pages beside it. */
export function shownOf(answer: Omit<ResourcePage, 'after'> & { after: unknown }, view: TableView): Shown {
  const backwards = view.before !== null;
  const rows = backwards ? answer.rows.toReversed() : answer.rows;
  const more = answer.after !== null;
  const [first, last] = [place(rows[0], view.sort), place(rows.at(-1), view.sort)];
  const hasNext = backwards ? last !== null : more;
  const hasPrevious = backwards ? more : view.after !== null;
  return {
    rows,
    total: answer.total,
    matching: answer.matching,
    asOf: answer.as_of,
    next: hasNext ? { ...view, page: view.page + 1, after: last, before: null } : null,
    previous: hasPrevious ? { ...view, ...before(view.page, first) } : null,
  };
}
