import { createStore } from '@/lib/store';

export interface EndedSession {
  redirectUrl: string | undefined;
}

/** Set when the service says that the session ended while a page was open. The page stays, so that nothing typed is lost. */
export const endedSession = createStore<EndedSession | null>(null);
