import { readStored, writeStored } from '@/lib/browser-storage';
import { parseArn } from '@/lib/arn';
import { createStore, useStore } from '@/lib/store';

const KEY = 'consoleme.recent-roles';
const MOST = 5;

function load(): readonly string[] {
  const stored = readStored(localStorage, KEY);
  if (!Array.isArray(stored)) return [];
  return stored.filter((arn): arn is string => typeof arn === 'string' && parseArn(arn) !== null).slice(0, MOST);
}

const recent = createStore<readonly string[]>(load());
window.addEventListener('storage', (event) => {
  if (event.key === KEY || event.key === null) recent.set(load());
});

/** The roles last used on this computer, newest first. */
export function useRecentRoles(): readonly string[] {
  return useStore(recent);
}

export function rememberRole(arn: string): void {
  const next = [arn, ...load().filter((other) => other !== arn)].slice(0, MOST);
  writeStored(localStorage, KEY, next);
  recent.set(next);
}

export function reloadRecentRoles(): void {
  recent.set(load());
}
