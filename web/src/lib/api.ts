import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from '@/api/schema';
import { ApiError, errorFromFault, errorFromResponse, isStaleToken } from '@/lib/api-error';
import { readCookie } from '@/lib/cookies';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Every call says that it is ours; every call that changes something repeats the `_xsrf` cookie. */
const ourHeaders: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept', 'application/json');
    request.headers.set('X-Requested-With', 'XMLHttpRequest');
    const token = readCookie('_xsrf');
    if (!SAFE_METHODS.has(request.method) && token !== undefined) request.headers.set('X-Xsrftoken', token);
    return request;
  },
};

/** Slashes and colons stay as they are: ARNs are path parameters, and a gateway may not decode `%2F`. */
function encodePathValue(value: unknown): string {
  const segments = String(value).split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new ApiError('invalid', 'A name in a link must not contain "." or ".." as a step of its path.', {
      status: 400,
    });
  }
  return segments.map((segment) => encodeURIComponent(segment).replaceAll('%3A', ':')).join('/');
}

function fillPath(pathname: string, values: Record<string, unknown>): string {
  return pathname.replace(/\{([^}]+)\}/g, (_whole, name: string) =>
    encodePathValue(values[name.replace(/\+$/, '')] ?? ''),
  );
}

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  pathSerializer: fillPath,
  // Looked up at each call, so that a test's interceptor is found.
  fetch: (request) => globalThis.fetch(request),
});
api.use(ourHeaders);

interface Outcome<Body> {
  data?: Body | undefined;
  error?: unknown;
  response: Response;
}

async function outcomeOf<Body>(call: () => Promise<Outcome<Body>>): Promise<Outcome<Body>> {
  try {
    return await call();
  } catch (fault) {
    throw errorFromFault(fault);
  }
}

/** The body of a good answer, or an ApiError that says what went wrong. */
export async function answerOf<Body>(call: () => Promise<Outcome<Body>>): Promise<Body> {
  let outcome = await outcomeOf(call);
  if (isStaleToken(outcome.response.status, outcome.error)) {
    // Asking who is signed in brings a new token, or the word that nobody is.
    const renewal = await outcomeOf(() => api.GET('/auth'));
    if (!renewal.response.ok) throw errorFromResponse(renewal.response, renewal.error);
    outcome = await outcomeOf(call);
  }
  const { response, error, data } = outcome;
  if (!response.ok) throw errorFromResponse(response, error);
  if (data === undefined)
    throw new ApiError('garbled', 'The service answered without data.', { status: response.status });
  return data;
}
