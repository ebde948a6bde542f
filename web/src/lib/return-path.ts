import { readStored, removeStored, writeStored } from '@/lib/browser-storage';
import { nowSeconds } from '@/lib/times';

const KEY = 'consoleme.return-path';
const KEPT_SECONDS = 15 * 60;

/** Where somebody wanted to go before signing in. Kept in the tab, in case the sign-in method does not bring it back. */
export function keepReturnPath(path: string): void {
  writeStored(sessionStorage, KEY, { path, at: nowSeconds() });
}

/** The kept path, once. */
export function takeReturnPath(): string | null {
  const stored = readStored(sessionStorage, KEY);
  removeStored(sessionStorage, KEY);
  if (typeof stored !== 'object' || stored === null) return null;
  const { path, at } = stored as { path?: unknown; at?: unknown };
  if (typeof path !== 'string' || typeof at !== 'number' || nowSeconds() - at > KEPT_SECONDS) return null;
  // "//host" would leave the site.
  return /^\/(?![/\\])/.test(path) ? path : null;
}
