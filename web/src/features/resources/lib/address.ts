/** What the address of a resource's page means: `/policies/edit/{account}/{service}/{rest}`. */
export type Address =
  | { kind: 'role' | 'user'; accountId: string; name: string }
  | { kind: 'resource'; accountId: string; service: Service; rest: string };

const IDENTITIES: Readonly<Record<string, 'role' | 'user'>> = { iamrole: 'role', iamuser: 'user' };
const SERVICES = ['s3', 'sqs', 'sns', 'managed_policy'] as const;
export type Service = (typeof SERVICES)[number];

/** Null for what is no page of a resource. Old links of policies have a second slash before their path. */
export function readAddress(accountId: string, service: string, rest: string): Address | null {
  const name = rest.replace(/^\/+/, '');
  if (name === '') return null;
  const identity = IDENTITIES[service];
  if (identity !== undefined) return { kind: identity, accountId, name };
  const known = SERVICES.find((one) => one === service);
  return known === undefined ? null : { kind: 'resource', accountId, service: known, rest: name };
}

/** The page of a principal by its ARN; null for what has none. */
export function pageOfPrincipal(kind: string, accountId: string, name: string): string | null {
  if (kind === 'role') return `/policies/edit/${accountId}/iamrole/${encodeURIComponent(name)}`;
  return kind === 'user' ? `/policies/edit/${accountId}/iamuser/${encodeURIComponent(name)}` : null;
}

/** The page of a managed policy by its ARN; AWS's own have none. */
export function pageOfPolicy(arn: string): string | null {
  const match = /^arn:[\w-]+:iam::(\d{12}):policy\/(.+)$/.exec(arn);
  if (match === null) return null;
  const [, accountId = '', path = ''] = match;
  return `/policies/edit/${accountId}/managed_policy/${path.split('/').map(encodeURIComponent).join('/')}`;
}
