import { useState } from 'react';
import type { CurrentConfiguration } from '@/features/configuration/api/configuration';
import { type Base, type Draft, keepDraft, keptDraft } from '@/features/configuration/lib/draft';

export interface Editing {
  draft: Draft;
  /** What the editor begins with; another `generation` is another beginning. */
  initial: string;
  generation: number;
  /** The draft was written before this page was opened. */
  restored: boolean;
  touched: boolean;
  /** Somebody saved after the draft was begun. */
  overtaken: boolean;
  write: (text: string) => void;
  /** Begins anew from what is in force, or from what has just been saved. */
  adopt: (base: Base) => void;
  /** Keeps what was written, to be saved on top of what is in force by now. */
  rebase: () => void;
}

interface State {
  draft: Draft;
  initial: string;
  generation: number;
  restored: boolean;
}

function beginning(base: Base, generation: number): State {
  return { draft: { text: base.text, base }, initial: base.text, generation, restored: false };
}

function firstState(base: Base): State {
  const kept = keptDraft();
  if (kept === null || kept.text === base.text) return beginning(base, 0);
  return { draft: kept, initial: kept.text, generation: 0, restored: true };
}

/** What is being written, and what it was begun from. Nothing that was written is lost unless the person says so. */
export function useEditing({ dynamicConfig, sha256 }: CurrentConfiguration): Editing {
  const latest = { text: dynamicConfig, sha256 };
  const [state, setState] = useState(() => firstState(latest));
  const { draft } = state;
  const touched = draft.text !== draft.base.text;
  const behind = draft.base.sha256 !== sha256;
  // Whoever has written nothing, or what is in force by now, reads what is in force.
  if (behind && (!touched || draft.text === dynamicConfig)) {
    setState(beginning(latest, state.generation + 1));
  }

  const change = (next: State) => {
    keepDraft(next.draft);
    setState(next);
  };
  return {
    ...state,
    touched,
    overtaken: touched && behind,
    write(text) {
      change({ ...state, draft: { ...draft, text } });
    },
    adopt(base) {
      change(beginning(base, state.generation + 1));
    },
    rebase() {
      change({ ...state, draft: { ...draft, base: latest } });
    },
  };
}
