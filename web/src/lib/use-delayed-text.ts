import { useEffect, useRef, useState } from 'react';

const PAUSE = 150;

/** A text that is shown at once and told when somebody pauses. A text from elsewhere (a link, the way back) replaces it. */
export function useDelayedText(told: string, tell: (text: string) => void): [string, (text: string) => void] {
  const [draft, setDraft] = useState({ text: told, told, said: told });
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  if (draft.told !== told) {
    // What comes back of what was said here is no news: more may have been typed since.
    const own = draft.said.trim() === told.trim();
    setDraft({ text: own ? draft.text : told, told, said: told });
  }
  return [
    draft.text,
    (text) => {
      setDraft((before) => ({ ...before, text }));
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => {
        setDraft((before) => ({ ...before, said: text }));
        tell(text);
      }, PAUSE);
    },
  ];
}
