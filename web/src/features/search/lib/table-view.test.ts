import { describe, expect, it } from 'vitest';
import type { TableView } from '@/features/search/lib/table-view';
import { paramsOf, questionOf, shownOf, viewOf } from '@/features/search/lib/table-view';
import { foundResource } from '@/testing/data';

const VIEW: TableView = {
  text: 'ledger -test',
  kind: 'AWS::S3::Bucket',
  sort: 'errors',
  descending: true,
  page: 3,
  after: [7, 'arn:aws:s3:::ledger'],
  before: null,
};

function answer(names: string[], more: boolean) {
  const rows = names.map((name) => foundResource({ name }));
  return { rows, total: 500, matching: 120, as_of: 1_800_000_000, after: more ? ['x', 'y'] : null };
}

describe('the address of the table', () => {
  it.each([
    VIEW,
    { ...VIEW, after: null, before: ['two words', 'arn:aws:iam::111122223333:role/app'] as [string, string] },
    { ...VIEW, sort: 'account_id' as const, after: ['111122223333', 'arn:aws:s3:::x'] as [string, string] },
    { ...VIEW, text: '', kind: '', sort: 'arn' as const, descending: false, page: 1, after: null },
  ])('holds all of it', (view) => {
    expect(viewOf(paramsOf(view))).toEqual(view);
  });

  it('is empty for the table as it opens', () => {
    expect(paramsOf(viewOf(new URLSearchParams())).toString()).toBe('');
  });

  it('reads the columns of old links', () => {
    expect(viewOf(new URLSearchParams('account_id=111122223333&arn=role/app&technology=two words')).text).toBe(
      'account_id:111122223333 arn:role/app technology:"two words"',
    );
  });

  it('opens the first page when it makes no sense', () => {
    const view = viewOf(new URLSearchParams('page=9&sort=none&kind=none&after=broken'));
    expect(view).toEqual({ text: '', kind: '', sort: 'arn', descending: false, page: 1, after: null, before: null });
  });
});

describe('pages of the table', () => {
  it('go on behind the last row', () => {
    const first = { ...VIEW, page: 1, after: null };
    const shown = shownOf(answer(['a', 'b'], true), first);
    expect(shown.previous).toBeNull();
    expect(shown.next).toMatchObject({ page: 2, after: [0, 'arn:aws:s3:::b'], before: null });
  });

  it('go back by asking backwards from the first row', () => {
    const shown = shownOf(answer(['c', 'd'], false), VIEW);
    expect(shown.next).toBeNull();
    expect(shown.previous).toMatchObject({ page: 2, after: null, before: [0, 'arn:aws:s3:::c'] });
    const back = { ...VIEW, page: 2, after: null, before: shown.previous?.before ?? null };
    expect(questionOf(back)).toMatchObject({ descending: false, after: [0, 'arn:aws:s3:::c'] });
    const turned = shownOf(answer(['b', 'a'], true), back);
    expect(turned.rows.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(turned.next).toMatchObject({ page: 3, after: [0, 'arn:aws:s3:::b'] });
    expect(turned.previous).toMatchObject({ page: 1, after: null, before: null });
  });

  it('are asked for with every word and the type', () => {
    expect(questionOf(VIEW).conditions.map(({ column, operator }) => `${column} ${operator}`)).toEqual([
      'arn contains',
      'arn not_contains',
      'technology equals',
    ]);
  });
});
