import type { Outsider } from '@/features/resources/api/resources';
import { fullTime } from '@/lib/times';

const OUTSIDERS: Readonly<Record<Outsider['kind'], string>> = {
  everybody: 'Everybody',
  account: 'Account',
  organization: 'Organization',
  network: 'Network or resource',
  service: 'AWS service',
  federated: 'Identity provider',
  canonical_user: 'Canonical user',
  deleted: 'Deleted principal',
};

export function outsiderKind(kind: Outsider['kind']): string {
  return OUTSIDERS[kind];
}

const FIELDS: Readonly<Record<string, string>> = {
  arn: 'ARN',
  url: 'URL',
  trust_policy: 'trust policy',
  policy: 'policy',
  versions: 'policy document',
};

/** A field of a record as people call it: `inline_policies` is "inline policies". */
export function fieldWord(field: string): string {
  return FIELDS[field] ?? field.replaceAll('_', ' ');
}

export function changedText(fields: readonly string[]): string {
  return fields.map(fieldWord).join(', ');
}

const USES = {
  both: 'Command line and console',
  cli_only: 'Command line only',
  console_only: 'Console only',
} as const;

export function wordsOfUse(use: keyof typeof USES): string {
  return USES[use];
}

/** An ISO time as people read it; "–" for none. */
export function dateText(iso: string | null): string {
  return iso === null ? '–' : fullTime(Math.floor(Date.parse(iso) / 1000));
}

export function hoursText(seconds: number): string {
  const hours = seconds / 3600;
  return hours === 1 ? '1 hour' : `${String(Math.round(hours * 10) / 10)} hours`;
}
