import { type ChangeDraft, type DraftType, emptyDraft } from '@/features/changes/lib/drafts';

const TYPES: readonly DraftType[] = [
  'inline_policy',
  'managed_policy',
  'permissions_boundary',
  'assume_role_policy',
  'resource_policy',
  'resource_tag',
  'role_access',
];

/** Parameters of a link that fill in a field of the same meaning. */
const TEXTS = {
  policy_name: 'policyName',
  policy_arn: 'policyArn',
  key: 'key',
  value: 'value',
  original_key: 'originalKey',
} as const;

/** The change that a link like `/requests/new?arn=…&change=resource_tag&key=owner` asks for; null when it names none. It proves nothing.
 * `policy` is a document that came along beside the address.
 */
export function linkedDraft(params: URLSearchParams, policy: string | null = null): ChangeDraft | null {
  const arn = params.get('arn');
  if (arn === null) return null;
  const replaces = params.get('replaces') === 'yes';
  const type = TYPES.find((one) => one === params.get('change')) ?? 'inline_policy';
  const texts = Object.entries(TEXTS).flatMap(([parameter, field]) => {
    const text = params.get(parameter);
    return text === null ? [] : [[field, text] as const];
  });
  return emptyDraft({
    arn,
    type,
    removes: params.get('removes') === 'yes',
    replaces,
    // What is to be replaced is not replaced by an example.
    ...(policy !== null ? { policy } : replaces ? { policy: '' } : {}),
    adds: params.get('whole') !== 'yes',
    ...Object.fromEntries(texts),
  });
}
