import { describe, expect, it } from 'vitest';
import { changeLook, lookAgainAfter, requestLook } from '@/features/requests/lib/states';

const NOW = 1_800_000_000;
const end = (at: number) => ({ change_id: 'c', at, attempts: 0, failure: null, stuck: false });

describe('a request on the screen', () => {
  it.each([
    ['approved', [], 1500],
    ['stuck', [end(NOW)], 15_000],
    ['applied', [end(NOW + 9000), end(NOW + 60)], 5000],
    ['applied', [end(NOW + 9000)], 20_000],
    ['applied', [], false],
    ['needs_rebase', [], 20_000],
    ['draft', [], false],
  ] as const)('that is %s with the ends %j is looked at again after %s', (state, ends, after) => {
    expect(lookAgainAfter({ state, ends: [...ends] }, NOW)).toBe(after);
  });

  it('is shown in a state that this page does not know yet, by its own name', () => {
    expect([requestLook('brand_new'), changeLook('brand_new')].map(({ text }) => text)).toEqual([
      'brand_new',
      'brand_new',
    ]);
  });
});
