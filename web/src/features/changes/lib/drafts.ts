import type { WishedChange } from '@/api/types';
import { type End, endFault, endsAt, NEVER } from '@/features/changes/lib/end';
import { type Arn, isRoleArn, parseArn } from '@/lib/arn';
import { describeFault, parsePolicy } from '@/lib/policy-json';

/** A change as somebody fills it in. Which fields matter says its type; the others keep what was typed for another one. */
export interface ChangeDraft {
  type: DraftType;
  /** Of what is changed. */
  arn: string;
  removes: boolean;
  policyName: string;
  replaces: boolean;
  policy: string;
  /** Whether the policy holds only the statements that are added. */
  adds: boolean;
  policyArn: string;
  key: string;
  value: string;
  originalKey: string;
  who: 'user' | 'group';
  name: string;
  /** From when somebody may use a role; never is at once. */
  begin: End;
  end: End;
}

export type DraftFaults = Partial<Record<keyof ChangeDraft, string>>;

export type DraftType =
  | 'inline_policy'
  | 'managed_policy'
  | 'permissions_boundary'
  | 'assume_role_policy'
  | 'resource_policy'
  | 'resource_tag'
  | 'role_access';

export const EXAMPLE_POLICY = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject"
      ],
      "Resource": [
        "arn:aws:s3:::example-bucket/*"
      ]
    }
  ]
}
`;

export function emptyDraft(part: Partial<ChangeDraft> = {}): ChangeDraft {
  return {
    type: 'inline_policy',
    arn: '',
    removes: false,
    policyName: '',
    replaces: false,
    policy: EXAMPLE_POLICY,
    adds: true,
    policyArn: '',
    key: '',
    value: '',
    originalKey: '',
    who: 'user',
    name: '',
    begin: NEVER,
    end: NEVER,
    ...part,
  };
}

const ROLE = 'This is not the ARN of a role. It looks like arn:aws:iam::111122223333:role/name.';

function isPrincipal(arn: Arn): boolean {
  return arn.service === 'iam' && /^(role|user)\//.test(arn.resource);
}

type Check = (draft: ChangeDraft, now: number) => string | undefined;

const principal: Check = ({ arn }) => {
  const parsed = parseArn(arn.trim());
  if (parsed !== null && isPrincipal(parsed)) return undefined;
  return 'This is not the ARN of a role or a user. It looks like arn:aws:iam::111122223333:role/name.';
};
const role: Check = ({ arn }) => (isRoleArn(arn.trim()) ? undefined : ROLE);
const resource: Check = ({ arn }) =>
  parseArn(arn.trim()) === null ? 'This is not an ARN. It looks like arn:aws:s3:::bucket.' : undefined;
const document: Check = ({ removes, policy }) => {
  if (removes) return undefined;
  const parsed = parsePolicy(policy);
  return parsed.ok ? undefined : describeFault(parsed.fault);
};
const policyName: Check = ({ policyName: written, replaces, removes }) => {
  const name = written.trim();
  if (name === '') return replaces || removes ? 'Name the policy.' : undefined;
  return /^[\w+=,.@-]{1,128}$/.test(name) ? undefined : 'Up to 128 letters, digits and _ + = , . @ - are allowed.';
};
const policyArn: Check = ({ policyArn: arn }) =>
  /^arn:aws[\w-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/.test(arn.trim())
    ? undefined
    : 'This is not the ARN of a managed policy. It looks like arn:aws:iam::aws:policy/ReadOnlyAccess.';
const tagKey: Check = ({ key }) => (key.trim() === '' ? 'A tag needs a key.' : undefined);
const name: Check = ({ name: written }) => (written.trim() === '' ? 'Say who may use the role.' : undefined);

const begin: Check = ({ begin: from, end }, now) => {
  const [first, last] = [endsAt(from, now), endsAt(end, now)];
  const empty = typeof first === 'number' && typeof last === 'number' && last <= first;
  return empty ? 'It would end before it begins.' : endFault(from, now);
};

type Checks = Partial<Record<keyof ChangeDraft, Check>>;

const CHECKS: Readonly<Record<DraftType, Checks>> = {
  inline_policy: { arn: principal, policyName, policy: document },
  managed_policy: { arn: principal, policyArn },
  permissions_boundary: { arn: principal, policyArn },
  assume_role_policy: { arn: role, policy: document },
  resource_policy: { arn: resource, policy: document },
  resource_tag: { arn: resource, key: tagKey },
  role_access: { arn: role, name, begin },
};

/** Whether what is asked for can be taken back by itself later. What goes away, goes for good. */
export function mayEnd({ type, removes }: ChangeDraft): boolean {
  return !removes || type === 'role_access';
}

/** What can be told without the service; the service has the last word. */
export function draftFaults(draft: ChangeDraft, now: number): DraftFaults {
  const checks: [string, Check][] = Object.entries(CHECKS[draft.type]);
  const found = checks.map(([field, check]) => [
    field,
    field === 'arn' && draft.arn.trim() === '' ? 'Say what is to be changed.' : check(draft, now),
  ]);
  const end = mayEnd(draft) ? endFault(draft.end, now) : undefined;
  return Object.fromEntries([...found, ['end', end]].filter(([, fault]) => fault !== undefined)) as DraftFaults;
}

function parsed(policy: string): Record<string, unknown> {
  const found = parsePolicy(policy);
  return found.ok ? found.document : {};
}

type Fields = Partial<WishedChange>;

function resourcePolicy({ adds, arn, policy }: ChangeDraft): Fields {
  const whole = parsed(policy);
  const statement = whole['Statement'];
  const statements = Array.isArray(statement) ? statement : [statement];
  if (adds) return { arn: arn.trim(), statements: statements as Record<string, unknown>[] };
  return { arn: arn.trim(), policy: { policy_document: whole } };
}

function tag({ removes, key, value, originalKey }: ChangeDraft): Fields {
  const [now, before] = [key.trim(), originalKey.trim()];
  if (removes) return { tag_action: 'delete', key: now };
  if (before === '') return { tag_action: 'create', key: now, value };
  return { tag_action: 'update', key: now, value, original_key: before };
}

const FIELDS: Readonly<Record<DraftType, (draft: ChangeDraft, now: number) => Fields>> = {
  inline_policy: ({ removes, replaces, policyName: written, policy }) => ({
    action: removes ? 'detach' : 'attach',
    new: !replaces && !removes,
    ...(written.trim() === '' ? {} : { policy_name: written.trim() }),
    ...(removes ? {} : { policy: { policy_document: parsed(policy) } }),
  }),
  managed_policy: ({ removes, policyArn: arn }) => ({ action: removes ? 'detach' : 'attach', arn: arn.trim() }),
  permissions_boundary: ({ removes, replaces, policyArn: arn }) => ({
    action: removes ? 'detach' : 'attach',
    new: !replaces && !removes,
    arn: arn.trim(),
  }),
  assume_role_policy: ({ policy }) => ({ policy: { policy_document: parsed(policy) } }),
  resource_policy: resourcePolicy,
  resource_tag: tag,
  role_access: ({ who, name: written, begin: from }, now) => {
    const at = endsAt(from, now);
    return { identity: `${who}:${written.trim()}`, ...(typeof at === 'number' ? { not_before: at } : {}) };
  },
};

/** The change as the service takes it; a span begins when it is looked at. */
export function toWish(draft: ChangeDraft, now: number): WishedChange {
  const until = mayEnd(draft) ? endsAt(draft.end, now) : null;
  return {
    principal: { principal_type: 'AwsResource', principal_arn: draft.arn.trim() },
    change_type: draft.type,
    ...FIELDS[draft.type](draft, now),
    ...(typeof until === 'number' ? { until } : {}),
  };
}
