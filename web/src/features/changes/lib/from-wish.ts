import type { ReviewChange } from '@/api/types';
import { type ChangeDraft, type DraftType, emptyDraft } from '@/features/changes/lib/drafts';
import { chosen, NEVER } from '@/features/changes/lib/end';
import { numberOf, textOf, type Wish } from '@/features/changes/lib/wish';

type Part = Partial<ChangeDraft>;

function text(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What removes a policy holds no document, and the editor keeps its example. */
function policy({ document }: Wish): Part {
  return document === null || document === undefined ? {} : { policy: text(document) };
}

const removes = (wish: Wish) => wish['action'] === 'detach';
const replaces = (wish: Wish) => wish['new'] === false && !removes(wish);

function resourcePolicy(wish: Wish): Part | null {
  if (removes(wish)) return null;
  const { document, statements } = wish;
  if (Array.isArray(statements)) return { adds: true, policy: text({ Version: '2012-10-17', Statement: statements }) };
  return { adds: false, policy: text(document) };
}

function access(wish: Wish): Part | null {
  const [kind, ...rest] = (textOf(wish, 'identity') ?? '').split(':');
  const from = numberOf(wish, 'not_before');
  if (wish['use'] !== 'both' || (kind !== 'user' && kind !== 'group')) return null;
  return { who: kind, name: rest.join(':'), begin: from === null ? NEVER : chosen(from) };
}

const PARTS: Readonly<Record<DraftType, (wish: Wish) => Part | null>> = {
  inline_policy: (wish) => ({
    policyName: textOf(wish, 'policy_name') ?? '',
    removes: removes(wish),
    replaces: replaces(wish),
    ...policy(wish),
  }),
  managed_policy: (wish) => ({ policyArn: textOf(wish, 'arn') ?? '', removes: removes(wish) }),
  permissions_boundary: (wish) => ({
    policyArn: textOf(wish, 'arn') ?? '',
    removes: removes(wish),
    replaces: replaces(wish),
  }),
  assume_role_policy: policy,
  resource_policy: resourcePolicy,
  resource_tag: (wish) => ({
    key: textOf(wish, 'key') ?? '',
    value: textOf(wish, 'value') ?? '',
    removes: wish['tag_action'] === 'delete',
    originalKey: wish['tag_action'] === 'update' ? (textOf(wish, 'original_key') ?? '') : '',
  }),
  role_access: access,
};

function isDraftType(type: ReviewChange['change_type']): type is DraftType {
  return type in PARTS;
}

/** A stored change as the form fills it in; null for what the form has no fields for, so that nothing of it is lost. */
export function draftOf({ change_type: type, target_arn: arn, wish, until }: ReviewChange): ChangeDraft | null {
  const part = isDraftType(type) && wish['principal_arn'] === arn ? PARTS[type](wish) : null;
  return part === null || !isDraftType(type)
    ? null
    : emptyDraft({ type, arn, end: until === null ? NEVER : chosen(until), ...part });
}
