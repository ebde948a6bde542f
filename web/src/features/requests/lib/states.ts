import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

export interface StateLook {
  text: string;
  type: StatusIndicatorProps.Type;
}

const REQUEST_STATES: Record<string, StateLook> = {
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
  stuck: { text: 'Stuck, being tried again', type: 'error' },
};

const CHANGE_STATES: Record<string, StateLook> = {
  proposed: { text: 'Proposed', type: 'pending' },
  applying: { text: 'Being applied', type: 'in-progress' },
  applied: { text: 'Applied', type: 'success' },
  failed: { text: 'Failed', type: 'error' },
  needs_rebase: { text: 'AWS has changed since', type: 'warning' },
};

/** A state that this page does not know yet is shown by its own name. */
export function requestLook(state: string): StateLook {
  return REQUEST_STATES[state] ?? { text: state, type: 'info' };
}

export function changeLook(status: string): StateLook {
  return CHANGE_STATES[status] ?? { text: status, type: 'info' };
}

/** How often to look again, in milliseconds; `false` when nothing more will happen by itself. */
export function lookAgainAfter(state: string): number | false {
  if (state === 'approved' || state === 'applying') return 1500;
  if (state === 'stuck') return 15_000;
  return state === 'pending' || state === 'needs_rebase' ? 20_000 : false;
}

export interface StateFilter {
  id: string;
  text: string;
  /** A column of the table and the pattern that its cells match. */
  filters: Readonly<Record<string, string>>;
}

export const ALL_STATES: StateFilter = { id: 'all', text: 'Every status', filters: {} };

/** The ids are also what links like `/requests?status=pending` say. */
export const STATE_FILTERS: readonly StateFilter[] = [
  ALL_STATES,
  { id: 'pending', text: 'Waiting for a decision', filters: { state: '^(pending|needs_rebase)$' } },
  { id: 'approved', text: 'Approved, whatever came of it', filters: { status: '^approved$' } },
  { id: 'applying', text: 'Being applied', filters: { state: '^(approved|applying)$' } },
  { id: 'applied', text: 'Applied', filters: { state: '^(applied|partially_applied)$' } },
  { id: 'failed', text: 'Failed or stuck', filters: { state: '^(failed|partially_applied|stuck)$' } },
  { id: 'rejected', text: 'Rejected', filters: { state: '^rejected$' } },
  { id: 'cancelled', text: 'Cancelled or expired', filters: { state: '^(cancelled|expired)$' } },
];

export function stateFilter(id: string | null): StateFilter {
  return STATE_FILTERS.find((filter) => filter.id === id) ?? ALL_STATES;
}
