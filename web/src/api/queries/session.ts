import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/lib/api';
import { ApiError } from '@/lib/api-error';

/** Who is signed in? "Nobody" is an answer here, not an error; only an outage is one. */
export type SessionState = SignedIn | { signedIn: false; redirectUrl: string | undefined; message: string };

/** `left` are the seconds that the session had by the service's clock, at `readAt` by ours (milliseconds). */
export interface SignedIn {
  signedIn: true;
  expires: number;
  left: number;
  readAt: number;
}

export async function fetchSession(returnTo: string): Promise<SessionState> {
  try {
    // The sign-in reads `redirect_url` before any route does, so the description of the route does not name it.
    const querySerializer = () => new URLSearchParams({ redirect_url: returnTo }).toString();
    const answer = await answerOf(() => api.GET('/auth', { querySerializer }));
    const { authCookieExpiration: expires, currentServerTime: now } = answer;
    return { signedIn: true, expires, left: expires - now, readAt: Date.now() };
  } catch (error) {
    if (error instanceof ApiError && error.trouble === 'signed-out') {
      return { signedIn: false, redirectUrl: error.redirectUrl, message: error.message };
    }
    throw error;
  }
}

export function sessionQuery(returnTo: string) {
  return queryOptions({
    queryKey: ['session'],
    queryFn: () => fetchSession(returnTo),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
