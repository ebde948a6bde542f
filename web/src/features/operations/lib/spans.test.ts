import { describe, expect, it } from 'vitest';
import { counted, span } from '@/features/operations/lib/spans';

describe('a span', () => {
  it.each([
    [0, '0 s'],
    [60, '1 min'],
    [119, '1 min 59 s'],
    [120, '2 min'],
    [5400, '1 h 30 min'],
    [86_400, '1 d'],
    [90_061, '1 d 1 h'],
  ])('of %d seconds is told as %s', (seconds, told) => {
    expect(span(seconds)).toBe(told);
  });
});

describe('what was counted', () => {
  it('leaves out what is nothing', () => {
    expect(counted({ seen: 1200, rows_written: 3, removed: 0 })).toBe('seen 1,200, rows written 3');
    expect(counted({})).toBe('');
  });
});
