import { useEffect, useState } from 'react';

const PAUSE = 500;

/** A text as it was when somebody last paused. */
export function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setPaused(text), PAUSE);
    return () => window.clearTimeout(timer);
  }, [text]);
  return paused;
}
