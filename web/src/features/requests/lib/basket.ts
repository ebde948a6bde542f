import type { NewRequest, Review } from '@/api/types';
import { type ChangeDraft, type DraftFaults, draftFaults, emptyDraft, toWish } from '@/features/changes/lib/drafts';
import { draftOf } from '@/features/changes/lib/from-wish';
import { readStored, removeStored, writeStored } from '@/lib/browser-storage';

/** What somebody is about to ask for: kept in the browser until it is sent, so that changes gather from several pages. */
export interface Basket {
  changes: readonly ChangeDraft[];
  justification: string;
  rollback: boolean;
}

/** A draft that the service keeps, as the form fills it in. */
export interface StoredDraft {
  requestId: string;
  basket: Basket;
}

export interface BasketFaults {
  changes: readonly DraftFaults[];
  justification?: string;
}

const KEY = 'consoleme:basket';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields of another kind than they should be, which an older page may have left, are as they are in an empty change. */
function storedChange(value: unknown): ChangeDraft | null {
  if (!isRecord(value)) return null;
  const empty = emptyDraft();
  const same = Object.entries(value).filter(
    ([field, stored]) => field in empty && typeof stored === typeof empty[field as keyof ChangeDraft],
  );
  return { ...empty, ...Object.fromEntries(same) };
}

function stored(): Basket | null {
  const found = readStored(localStorage, KEY);
  if (!isRecord(found) || !Array.isArray(found['changes'])) return null;
  const changes = found['changes'].map(storedChange).filter((change) => change !== null);
  const justification = typeof found['justification'] === 'string' ? found['justification'] : '';
  return changes.length === 0 ? null : { changes, justification, rollback: found['rollback'] === true };
}

export function emptyBasket(change: ChangeDraft = emptyDraft()): Basket {
  return { changes: [change], justification: '', rollback: false };
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function isEmpty(basket: Basket): boolean {
  return same(basket, emptyBasket());
}

/** What was not sent yet, with what a link asks for beside it. `kept` counts the changes that were there before. */
export function openBasket(linked: ChangeDraft | null): { basket: Basket; kept: number } {
  const before = stored();
  if (before === null) return { basket: emptyBasket(linked ?? undefined), kept: 0 };
  const kept = before.changes.length;
  if (linked === null || before.changes.some((change) => same(change, linked))) return { basket: before, kept };
  return { basket: { ...before, changes: [...before.changes, linked] }, kept };
}

export function keepBasket(basket: Basket): void {
  if (isEmpty(basket)) removeStored(localStorage, KEY);
  else writeStored(localStorage, KEY, basket);
}

export function dropBasket(): void {
  removeStored(localStorage, KEY);
}

/** Null for a draft with a change that the form has no fields for. */
export function basketOf({ changes, justification, on_failure }: Review): Basket | null {
  const wanted = changes.filter(({ status }) => status !== 'cancelled').map(draftOf);
  const drafts = wanted.filter((draft) => draft !== null);
  return drafts.length < wanted.length ? null : { changes: drafts, justification, rollback: on_failure === 'rollback' };
}

export function basketFaults({ changes, justification }: Basket, now: number): BasketFaults {
  return {
    changes: changes.map((change) => draftFaults(change, now)),
    ...(justification.trim() === '' ? { justification: 'Tell the reviewer what you need it for.' } : {}),
  };
}

export function isFaultless({ changes, justification }: BasketFaults): boolean {
  return justification === undefined && changes.every((faults) => Object.keys(faults).length === 0);
}

export function toNewRequest({ changes, justification, rollback }: Basket, now: number): NewRequest {
  return {
    justification: justification.trim(),
    changes: { changes: changes.map((change) => toWish(change, now)) },
    ...(rollback && changes.length > 1 ? { on_failure: 'rollback' } : {}),
  };
}
