import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useDelayedText } from '@/lib/use-delayed-text';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function typing(told = '') {
  const said: string[] = [];
  const hook = renderHook(({ from }) => useDelayedText(from, (text) => said.push(text)), {
    initialProps: { from: told },
  });
  return {
    said,
    shown: () => hook.result.current[0],
    type: (text: string) => {
      act(() => hook.result.current[1](text));
    },
    pause: () => {
      act(() => void vi.advanceTimersByTime(1_000));
    },
    comes: (from: string) => hook.rerender({ from }),
  };
}

describe('a text that is told when somebody pauses', () => {
  it('is shown at once and told once', () => {
    const box = typing();
    box.type('l');
    box.type('le');
    expect(box.shown()).toBe('le');
    expect(box.said).toEqual([]);
    box.pause();
    expect(box.said).toEqual(['le']);
  });

  it('loses no letter that is typed while the last pause is being told', () => {
    const box = typing();
    box.type('le');
    box.pause();
    box.type('led');
    box.comes('le');
    expect(box.shown()).toBe('led');
    box.pause();
    expect(box.said).toEqual(['le', 'led']);
  });

  it('keeps the blank at its end', () => {
    const box = typing();
    box.type('two ');
    box.pause();
    box.comes('two');
    expect(box.shown()).toBe('two ');
  });

  it('gives way to a text from elsewhere', () => {
    const box = typing('old');
    box.type('older');
    box.pause();
    box.comes('older');
    box.comes('from a link');
    expect(box.shown()).toBe('from a link');
  });
});
