/** People are written `user:ana@example.com`; between people the kind goes without saying. */
export function personName(principal: string): string {
  return principal.replace(/^user:/, '');
}
