import { describe, expect, it } from 'vitest';
import { EVERYTHING, filterOf, isNarrowed, paramsOf, questionOf } from '@/features/audit/lib/activity-filter';

describe('a filter of the activity log', () => {
  it('survives the address of the page', () => {
    const filter = { ...EVERYTHING, last: '30d', person: 'ana@example.com', outcome: 'refused', text: 'a b' };
    expect(filterOf(paramsOf(filter))).toEqual(filter);
    const named = { ...EVERYTHING, last: '', since: 5, until: 9, target: 'arn:x' };
    expect(filterOf(paramsOf(named))).toEqual(named);
  });

  it('is the last seven days when the address says nothing, or nothing sensible', () => {
    for (const text of ['', 'last=7y', 'since=x', 'last=toString']) {
      expect(filterOf(new URLSearchParams(text))).toEqual(EVERYTHING);
    }
    expect(paramsOf(EVERYTHING).toString()).toBe('');
    expect(isNarrowed(EVERYTHING)).toBe(false);
  });

  it('becomes a question that says only what is asked', () => {
    expect(questionOf(EVERYTHING, 1_000_000)).toEqual({ since: 1_000_000 - 604_800 });
    expect(questionOf({ ...EVERYTHING, last: '', since: null, until: 7, action: 'a', outcome: 'done' }, 9)).toEqual({
      until: 7,
      action: 'a',
      outcome: 'done',
    });
    expect(questionOf({ ...EVERYTHING, outcome: 'other' }, 604_800)).toEqual({ since: 0 });
  });

  it('takes a star at the end of a target for anything', () => {
    expect(questionOf({ ...EVERYTHING, target: ' arn:x ' }, 604_800)).toEqual({ since: 0, target: 'arn:x' });
    expect(questionOf({ ...EVERYTHING, target: 'arn:x*' }, 604_800)).toEqual({ since: 0, target_prefix: 'arn:x' });
  });
});
