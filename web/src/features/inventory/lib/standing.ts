import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Account } from '@/api/types';
import type { Place } from '@/features/inventory/api/account';

type Look = [StatusIndicatorProps.Type, string];

export const STANDINGS: Record<Account['standing'], Look> = {
  ok: ['success', 'Up to date'],
  stale: ['warning', 'Partly out of date'],
  failing: ['error', 'Failing'],
  unreached: ['error', 'Not reached'],
  new: ['pending', 'Not read yet'],
  inactive: ['stopped', 'Not active'],
};

export const SPOKES: Record<Account['spoke']['health'], Look> = {
  ok: ['success', 'We get in'],
  missing: ['error', 'Missing or not trusting us'],
  refused: ['warning', 'AWS refuses what it asks'],
  unknown: ['pending', 'Not visited yet'],
};

export const FRESHNESS: Record<Place['freshness'], Look> = {
  fresh: ['success', 'Up to date'],
  old: ['warning', 'Out of date'],
  failing: ['error', 'Failing'],
  never: ['pending', 'Never read'],
};

const STATUSES: Record<Account['status'], string> = {
  ACTIVE: 'Active',
  PENDING_ACTIVATION: 'Pending activation',
  SUSPENDED: 'Suspended',
  PENDING_CLOSURE: 'Pending closure',
  CLOSED: 'Closed',
  LEFT: 'Left the organization',
};

export function statusText(status: Account['status']): string {
  return STATUSES[status];
}

export function placeText({ kind, region }: Pick<Place, 'kind' | 'region'>): string {
  const words = kind.replaceAll('_', ' ').replace(/^(aws|iam|s3|sqs|sns)\b/, (word) => word.toUpperCase());
  return region === '' ? words : `${words} in ${region}`;
}
