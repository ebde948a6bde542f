import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { endedSession } from '@/lib/ended-session';
import { flashes } from '@/lib/flashes';
import { reloadRecentRoles } from '@/lib/recent-roles';
import { server } from '@/testing/server';

configure({ asyncUtilTimeout: 15_000, getElementError: (message) => new Error(message ?? 'not found') });

/** What jsdom lacks and the components ask for. */
class StillObserver {
  observe(): void {
    // Nothing ever changes its size here.
  }
  unobserve(): void {
    // See observe.
  }
  disconnect(): void {
    // See observe.
  }
}
window.ResizeObserver = StillObserver;
window.matchMedia = (media: string) =>
  Object.assign(new EventTarget(), {
    media,
    matches: media.includes('min-width'),
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });
// Enough for ids, which are all that it is asked about here.
Object.assign(globalThis, {
  CSS: { escape: (text: string) => text.replace(/[^\w-]/g, (character) => `\\${character}`) },
});
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
const nowhere = new DOMRect();
Range.prototype.getBoundingClientRect = () => nowhere;
Range.prototype.getClientRects = () => Object.assign([], { item: () => null });

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  flashes.set([]);
  endedSession.set(null);
  localStorage.clear();
  sessionStorage.clear();
  reloadRecentRoles();
  document.cookie = '_xsrf=; Max-Age=0; path=/';
});
afterAll(() => server.close());
