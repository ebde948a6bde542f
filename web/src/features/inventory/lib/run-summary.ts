import type { RefreshRun } from '@/api/types';

export type AccountRun = RefreshRun['accounts'][string];

export function isDone({ status }: AccountRun): boolean {
  return status !== 'running';
}

export function hasFailed({ status }: AccountRun): boolean {
  return status === 'failed';
}

export interface RunSummary {
  total: number;
  done: number;
  roles: number;
  written: number;
  removed: number;
  failed: readonly [string, AccountRun][];
  /** Accounts that succeeded, but for something that was left as it was. */
  warned: readonly [string, AccountRun][];
}

export function summarise(run: RefreshRun): RunSummary {
  const entries = Object.entries(run.accounts);
  const sum = (value: (account: AccountRun) => number) =>
    entries.reduce((total, [, account]) => total + value(account), 0);
  return {
    total: entries.length,
    done: entries.filter(([, account]) => isDone(account)).length,
    roles: sum(({ roles }) => roles),
    written: sum(({ written }) => written),
    removed: sum(({ removed }) => removed),
    warned: entries.filter(([, account]) => !hasFailed(account) && account.warning !== null),
    failed: entries.filter(([, account]) => hasFailed(account)),
  };
}
