/** Only web addresses are followed: an answer can never make the page run a script. */
export function webAddress(url: string | null | undefined): URL | null {
  if (url === null || url === undefined || url.trim() === '') return null;
  try {
    const parsed = new URL(url, window.location.origin);
    return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed : null;
  } catch {
    return null;
  }
}

/** The path of an address of our own page, or null when it leads elsewhere. */
export function ownPath(url: URL): string | null {
  return url.origin === window.location.origin ? `${url.pathname}${url.search}${url.hash}` : null;
}

/** Our own page with the ways to sign in. */
export const SIGN_IN_PATH = '/login';

/** Where somebody wants to be: the sign-in page itself is nobody's aim, only what its address names. */
export function wantedPath(path: string): string {
  const { pathname, searchParams } = new URL(path, window.location.origin);
  if (pathname !== SIGN_IN_PATH) return path;
  const aim = webAddress(searchParams.get('redirect_after_auth'));
  const own = aim === null ? null : ownPath(aim);
  return own === null || own.startsWith(SIGN_IN_PATH) || own.startsWith('//') ? '/' : own;
}
