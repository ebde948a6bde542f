import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Review, ReviewChange, ReviewState } from '@/api/types';

export interface StateLook {
  text: string;
  type: StatusIndicatorProps.Type;
}

const REQUEST_STATES: Readonly<Record<ReviewState, StateLook>> = {
  draft: { text: 'Draft', type: 'info' },
  pending: { text: 'Waiting for a decision', type: 'pending' },
  approved: { text: 'Approved', type: 'in-progress' },
  applying: { text: 'Being applied', type: 'in-progress' },
  applied: { text: 'Applied', type: 'success' },
  partially_applied: { text: 'Applied in part', type: 'warning' },
  failed: { text: 'Failed', type: 'error' },
  needs_rebase: { text: 'AWS has changed since', type: 'warning' },
  rejected: { text: 'Rejected', type: 'stopped' },
  cancelled: { text: 'Cancelled', type: 'stopped' },
  expired: { text: 'Expired', type: 'stopped' },
  ended: { text: 'Ended', type: 'stopped' },
  stuck: { text: 'Stuck, being tried again', type: 'error' },
};

const CHANGE_STATES: Readonly<Record<ReviewChange['status'], StateLook>> = {
  proposed: { text: 'Proposed', type: 'pending' },
  applying: { text: 'Being applied', type: 'in-progress' },
  applied: { text: 'Applied', type: 'success' },
  failed: { text: 'Failed', type: 'error' },
  needs_rebase: { text: 'AWS has changed since', type: 'warning' },
  cancelled: { text: 'Taken out', type: 'stopped' },
  rolled_back: { text: 'Taken back again', type: 'warning' },
  ended: { text: 'Ended', type: 'stopped' },
};

/** A state that this page does not know yet, because the service is newer, is shown by its own name. */
function look(looks: Readonly<Record<string, StateLook>>, state: string): StateLook {
  return looks[state] ?? { text: state, type: 'info' };
}

export function requestLook(state: string): StateLook {
  return look(REQUEST_STATES, state);
}

export function changeLook(status: string): StateLook {
  return look(CHANGE_STATES, status);
}

export const UNDECIDED: ReadonlySet<string> = new Set(['pending', 'needs_rebase']);

/** How often to look again, in milliseconds; `false` when nothing more will happen by itself. */
export function lookAgainAfter({ state, ends }: Pick<Review, 'state' | 'ends'>, now: number): number | false {
  if (state === 'approved' || state === 'applying') return 1500;
  if (state === 'stuck') return 15_000;
  // One that is being taken back is due again a little later, in case that fails.
  if (ends.some(({ at }) => at <= now + 120)) return 5000;
  return UNDECIDED.has(state) || ends.length > 0 ? 20_000 : false;
}
