import { parseArn } from '@/lib/arn';

/** What the review page shows of ConsoleMe's own description of a request, which comes as JSON text. */
export interface RequestFacts {
  requester: string;
  principalArn: string;
  justification: string | null;
  /** Epoch seconds, or null when the time cannot be read. */
  requestedAt: number | null;
  reviewer: string | null;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export function readRequestFacts(text: string): RequestFacts {
  const request = record(parsed(text));
  const time = Date.parse(textOf(request['timestamp']) ?? '');
  return {
    requester: textOf(request['requester_email']) ?? 'unknown',
    principalArn: textOf(record(request['principal'])['principal_arn']) ?? 'unknown',
    justification: textOf(request['justification']),
    requestedAt: Number.isNaN(time) ? null : Math.floor(time / 1000),
    reviewer: textOf(request['reviewer']),
  };
}

export function principalName(arn: string): string {
  return parseArn(arn)?.name ?? arn;
}
