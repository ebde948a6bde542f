import { useState } from 'react';
import { type ChangeDraft, emptyDraft } from '@/features/changes/lib/drafts';
import {
  type Basket,
  type BasketFaults,
  basketFaults,
  dropBasket,
  emptyBasket,
  isFaultless,
  keepBasket,
  openBasket,
} from '@/features/requests/lib/basket';
import { nowSeconds } from '@/lib/times';

/** Each change with a key of its own: an editor keeps its text while another change is taken out. */
export interface KeyedChange {
  key: string;
  draft: ChangeDraft;
}

interface State {
  changes: readonly KeyedChange[];
  justification: string;
  rollback: boolean;
}

function keyed({ changes, justification, rollback }: Basket): State {
  return { justification, rollback, changes: changes.map((draft) => ({ draft, key: crypto.randomUUID() })) };
}

function filledIn({ changes, justification, rollback }: State): Basket {
  return { justification, rollback, changes: changes.map(({ draft }) => draft) };
}

export interface BasketForm {
  state: State;
  basket: Basket;
  faults: BasketFaults;
  /** How many changes were there before this page was opened. */
  kept: number;
  change: (key: string, part: Partial<ChangeDraft>) => void;
  add: () => void;
  remove: (key: string) => void;
  say: (part: Partial<Pick<State, 'justification' | 'rollback'>>) => void;
  check: () => boolean;
  startOver: () => void;
  /** It was sent: nothing is kept. */
  drop: () => void;
}

const NO_FAULTS: BasketFaults = { changes: [] };

/** What is filled in, kept in the browser with each keystroke; a draft that the service keeps is there anyway. */
export function useBasket(linked: ChangeDraft | null, draft: Basket | null): BasketForm {
  const [opened, setOpened] = useState(() => (draft === null ? openBasket(linked) : { basket: draft, kept: 0 }));
  const [state, setState] = useState(() => keyed(opened.basket));
  const [faults, setFaults] = useState(NO_FAULTS);
  const update = (next: State) => {
    setState(next);
    setFaults(NO_FAULTS);
    if (draft === null) keepBasket(filledIn(next));
  };
  const basket = filledIn(state);
  return {
    state,
    basket,
    faults,
    kept: opened.kept,
    change: (key, part) =>
      update({
        ...state,
        changes: state.changes.map((one) => (one.key === key ? { key, draft: { ...one.draft, ...part } } : one)),
      }),
    add() {
      const arn = state.changes.at(-1)?.draft.arn ?? '';
      update({ ...state, changes: [...state.changes, { key: crypto.randomUUID(), draft: emptyDraft({ arn }) }] });
    },
    remove: (key) => update({ ...state, changes: state.changes.filter((one) => one.key !== key) }),
    say: (part) => update({ ...state, ...part }),
    check() {
      const found = basketFaults(basket, nowSeconds());
      setFaults(found);
      return isFaultless(found);
    },
    startOver() {
      setOpened({ basket: emptyBasket(), kept: 0 });
      update(keyed(emptyBasket(linked ?? undefined)));
    },
    drop() {
      if (draft === null) dropBasket();
    },
  };
}
