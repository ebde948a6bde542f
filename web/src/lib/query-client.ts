import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/lib/api-error';
import { endedSession } from '@/lib/ended-session';
import { showError } from '@/lib/flashes';

declare module '@tanstack/react-query' {
  interface Register {
    /** `handled`: the component shows the error itself. */
    mutationMeta: { handled?: boolean };
    queryMeta: { handled?: boolean };
  }
}

function noteEndedSession(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.trouble !== 'signed-out') return false;
  endedSession.set({ redirectUrl: error.redirectUrl });
  return true;
}

export function createQueryClient(options: { retries?: number; retryDelay?: number } = {}): QueryClient {
  const { retries = 2, retryDelay } = options;
  return new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        if (noteEndedSession(error) || query.meta?.handled === true) return;
        // Without data the page itself shows the error; with data only the renewal failed.
        if (query.state.data !== undefined) showError(error, () => void query.fetch().catch(() => undefined));
      },
    }),
    mutationCache: new MutationCache({
      onError(error, _variables, _context, mutation) {
        if (noteEndedSession(error) || mutation.meta?.handled === true) return;
        showError(error);
      },
    }),
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 15_000,
        retry: (failures, error) => error instanceof ApiError && error.passing && failures < retries,
        ...(retryDelay === undefined ? {} : { retryDelay }),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
