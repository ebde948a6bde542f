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
