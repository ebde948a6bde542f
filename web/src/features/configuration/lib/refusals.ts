import type { TextFault } from '@/components/code/yaml-editor';
import type { Preview } from '@/features/configuration/api/configuration';
import { ApiError } from '@/lib/api-error';

export type Fault = Preview['faults'][number];
export type Guard = Preview['guards'][number];

function reasonOf(error: unknown): unknown {
  return error instanceof ApiError ? (error.body as { reason?: unknown } | undefined)?.reason : undefined;
}

/** Somebody else saved after this person began. */
export function isOvertaken(error: unknown): boolean {
  return reasonOf(error) === 'changed_meanwhile';
}

function listOf<Item>(error: unknown, key: string): Item[] {
  const found = error instanceof ApiError ? (error.body as Record<string, unknown> | undefined)?.[key] : undefined;
  return Array.isArray(found) ? (found as Item[]) : [];
}

export function faultsOf(error: unknown): Fault[] {
  return listOf<Fault>(error, 'faults');
}

/** What a person has to say yes to before this can be done. */
export function guardsOf(error: unknown): Guard[] {
  return listOf<Guard>(error, 'guards');
}

/** Faults that stand on a line, as an editor marks them. */
export function textFaults(faults: readonly Fault[]): TextFault[] {
  return faults.flatMap(({ line = null, column, key = '', message }) =>
    line === null ? [] : [{ line, column: column ?? 1, message: key === '' ? message : `${key}: ${message}` }],
  );
}

/** "line 4: site.titel: this key is not known" */
export function faultText({ line = null, key = '', message }: Fault): string {
  const words = key === '' ? message : `${key}: ${message}`;
  return line === null ? words : `line ${String(line)}: ${words}`;
}
