import { describe, expect, it } from 'vitest';
import { conditionsOf } from '@/features/search/lib/syntax';

function told(text: string): string[] {
  return conditionsOf(text).map(({ column, operator, value }) => `${column} ${operator} ${value}`);
}

describe('what somebody types', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['ledger export', ['arn contains ledger', 'arn contains export']],
    ['"two words"', ['arn contains two words']],
    ['-test', ['arn not_contains test']],
    ['-', ['arn contains -']],
    ['name:Ledger', ['name contains Ledger']],
    ['owner=team@example.com', ['owner equals team@example.com']],
    ['region!=us-east-1', ['region not_equals us-east-1']],
    ['-type:bucket', ['technology not_contains bucket']],
    ['-region=eu-west-1', ['region not_equals eu-west-1']],
    ['account:payments', ['account_name contains payments']],
    ['account=111122223333', ['account_id equals 111122223333']],
    ['tag:team=payments', ['tags contains team=payments']],
    ['tag:"cost centre=12"', ['tags contains cost centre=12']],
    ['ledger-*', ['name starts_with ledger-']],
    ['owner:Ana*', ['owner starts_with Ana']],
    ['*', ['arn contains *']],
    ['arn:aws:s3:::ledger', ['arn contains aws:s3:::ledger']],
    ['https://x', ['arn contains https://x']],
    ['/role\\/(audit|batch)-/', ['arn matches role\\/(audit|batch)-']],
    ['/two words/ more', ['arn matches two words', 'arn contains more']],
    ['name:/\\D+-[0-9]$/', ['name matches \\D+-[0-9]$']],
    ['name:', ['arn contains name:']],
    ['/half', ['arn contains /half']],
    ['team/app', ['arn contains team/app']],
  ])('%j means %j', (text, conditions) => {
    expect(told(text)).toEqual(conditions);
  });

  it('compares the number of errors', () => {
    expect(conditionsOf('errors>2 errors<9')).toEqual([
      { column: 'errors', operator: 'between', value: '', low: 2, high: 2_147_483_647 },
      { column: 'errors', operator: 'between', value: '', low: -1, high: 9 },
    ]);
  });

  it('takes as many words as the service does', () => {
    expect(conditionsOf('a '.repeat(50))).toHaveLength(20);
  });
});
