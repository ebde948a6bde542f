/** What was asked for comes by the fields of its own type; these read one of them, or null where it is not there. */
export type Wish = Readonly<Record<string, unknown>>;

export function textOf(wish: Wish, field: string): string | null {
  const value = wish[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function numberOf(wish: Wish, field: string): number | null {
  const value = wish[field];
  return typeof value === 'number' ? value : null;
}

/** `user:ana@example.com` and `group:engineers`, in words. */
export function identityText(identity: string): string {
  const [kind = '', ...rest] = identity.split(':');
  const name = rest.join(':');
  if (name === '') return identity;
  return kind === 'group' ? `Everybody in the group ${name}` : name;
}
