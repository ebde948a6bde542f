import { readStored, removeStored, writeStored } from '@/lib/browser-storage';

/** A text being written, and what it was begun from: what it replaces is exactly that, or nothing. */
export interface Draft {
  text: string;
  base: Base;
}

export interface Base {
  text: string;
  sha256: string;
}

const KEY = 'configuration-draft';

function isBase(value: unknown): value is Base {
  const { text, sha256 } = (value ?? {}) as Partial<Base>;
  return typeof text === 'string' && typeof sha256 === 'string';
}

function isDraft(value: unknown): value is Draft {
  const { text, base } = (value ?? {}) as Partial<Draft>;
  return typeof text === 'string' && isBase(base);
}

/** What somebody wrote in this tab before it was reloaded, or before they looked at another page. */
export function keptDraft(): Draft | null {
  const found = readStored(sessionStorage, KEY);
  return isDraft(found) ? found : null;
}

export function keepDraft(draft: Draft): void {
  if (draft.text === draft.base.text) removeStored(sessionStorage, KEY);
  else writeStored(sessionStorage, KEY, draft);
}
