import type { Clone, Making } from '@/features/role-life/api/role-life';
import { isRoleArn, parseArn } from '@/lib/arn';

/** What a copy can take from the original; its permissions boundary always comes along. */
export const COPIED = [
  { id: 'assume_role_policy', text: 'Trust policy' },
  { id: 'inline_policies', text: 'Inline policies' },
  { id: 'managed_policies', text: 'Managed policies' },
  { id: 'tags', text: 'Tags' },
  { id: 'copy_description', text: 'Description' },
  { id: 'max_session_duration', text: 'Longest session' },
] as const;
export type CopiedId = (typeof COPIED)[number]['id'];

export interface RoleDraft {
  kind: Making['kind'];
  accountId: string;
  name: string;
  description: string;
  instanceProfile: boolean;
  original: string;
  copied: readonly CopiedId[];
}

export type RoleFaults = Partial<Record<'accountId' | 'name' | 'original', string>>;

export function emptyRole(original: string): RoleDraft {
  return {
    kind: original === '' ? 'new' : 'clone',
    accountId: parseArn(original)?.account ?? '',
    name: '',
    description: '',
    instanceProfile: false,
    original,
    copied: COPIED.map(({ id }) => id),
  };
}

export function roleFaults({ kind, accountId, name, original }: RoleDraft): RoleFaults {
  return {
    ...(accountId === '' ? { accountId: 'Choose the account.' } : {}),
    ...(/^[\w+=,.@-]{1,64}$/.test(name.trim())
      ? {}
      : { name: 'A name has 1 to 64 letters, digits and _ + = , . @ - in it.' }),
    ...(kind === 'clone' && !isRoleArn(original.trim())
      ? { original: 'This is not the ARN of a role. It looks like arn:aws:iam::111122223333:role/name.' }
      : {}),
  };
}

export function toMaking(draft: RoleDraft): Making {
  const { kind, accountId, copied, instanceProfile } = draft;
  const description = draft.description.trim() === '' ? {} : { description: draft.description.trim() };
  const name = draft.name.trim();
  if (kind === 'new')
    return {
      kind,
      body: { account_id: accountId, role_name: name, instance_profile: instanceProfile, ...description },
    };
  const original = parseArn(draft.original.trim());
  const options: Clone['options'] = Object.fromEntries(COPIED.map(({ id }) => [id, copied.includes(id)]));
  const body: Clone = {
    account_id: original?.account ?? '',
    role_name: original?.name ?? '',
    dest_account_id: accountId,
    dest_role_name: name,
    options: copied.includes('copy_description') ? options : { ...options, ...description },
  };
  return { kind, body };
}
