import type { ReactNode } from 'react';
import { ApiError, explain } from '@/lib/api-error';
import { createStore } from '@/lib/store';

/** A message at the top of the page. The same id replaces the message that stands there. */
export interface Flash {
  id: string;
  type: 'success' | 'info' | 'warning' | 'error';
  header?: string;
  content: ReactNode;
  retry?: (() => void) | undefined;
  /** Stands until its cause is gone. */
  fixed?: boolean;
  /** Goes along to the next page. */
  goesAlong?: boolean;
}

export const flashes = createStore<readonly Flash[]>([]);

export function showFlash(flash: Flash): void {
  flashes.set([flash, ...flashes.get().filter((other) => other.id !== flash.id)].slice(0, 5));
}

export function dismissFlash(id: string): void {
  flashes.set(flashes.get().filter((flash) => flash.id !== id));
}

/** A new page begins without what the last one had to say. */
export function leaveFlashesBehind(): void {
  const kept = flashes.get().filter(({ fixed, goesAlong }) => fixed === true || goesAlong === true);
  flashes.set(kept.map((flash) => (flash.id.startsWith('credentials:') ? flash : { ...flash, goesAlong: false })));
}

export function dismissFlashes(prefix: string): void {
  flashes.set(flashes.get().filter(({ id }) => !id.startsWith(prefix)));
}

export function showError(error: unknown, retry?: () => void): void {
  const { header, detail, requestId } = explain(error);
  const trouble = error instanceof ApiError ? error.trouble : 'page';
  showFlash({
    id: `error:${trouble}:${detail}`,
    type: trouble === 'conflict' ? 'warning' : 'error',
    header,
    content: requestId === undefined ? detail : `${detail} (request id ${requestId})`,
    retry: error instanceof ApiError && error.passing ? retry : undefined,
  });
}
