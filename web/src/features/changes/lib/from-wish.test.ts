import { describe, expect, it } from 'vitest';
import { emptyDraft } from '@/features/changes/lib/drafts';
import { draftOf } from '@/features/changes/lib/from-wish';
import { ROLE_ARN } from '@/testing/data';
import { reviewChange } from '@/testing/requests';

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:jobs';
const MANAGED = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const DOCUMENT = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] };
const policy = `${JSON.stringify(DOCUMENT, null, 2)}\n`;
const at = (date: string, time: string) => new Date(`${date}T${time}`).getTime() / 1000;

describe('a stored change', () => {
  it.each([
    [
      'inline_policy',
      { policy_name: 'own', document: DOCUMENT, action: 'attach', new: false },
      { policyName: 'own', policy, replaces: true },
    ],
    [
      'inline_policy',
      { policy_name: 'own', document: null, action: 'detach', new: false },
      { policyName: 'own', removes: true },
    ],
    ['managed_policy', { arn: MANAGED, action: 'detach' }, { policyArn: MANAGED, removes: true }],
    ['permissions_boundary', { arn: MANAGED, action: 'attach', new: false }, { policyArn: MANAGED, replaces: true }],
    ['assume_role_policy', { arn: ROLE_ARN, document: DOCUMENT }, { policy }],
    ['resource_tag', { tag_action: 'create', key: 'owner', value: 'x' }, { key: 'owner', value: 'x' }],
    [
      'resource_tag',
      { tag_action: 'update', key: 'owner', value: 'x', original_key: 'Owner' },
      { key: 'owner', value: 'x', originalKey: 'Owner' },
    ],
    ['resource_tag', { tag_action: 'delete', key: 'owner', value: '' }, { key: 'owner', removes: true }],
    [
      'role_access',
      { identity: 'group:engineers', use: 'both', not_before: at('2027-06-01', '18:30') },
      { who: 'group', name: 'engineers', begin: { kind: 'at', date: '2027-06-01', time: '18:30' } },
    ],
  ] as const)('of type %s with %j is filled in as it was', (change_type, fields, part) => {
    const change = reviewChange({ change_type, wish: { principal_arn: ROLE_ARN, ...fields } });
    expect(draftOf(change)).toEqual(emptyDraft({ type: change_type, arn: ROLE_ARN, ...part }));
  });

  it('of a resource policy adds its statements, or is the whole of it', () => {
    const wish = { principal_arn: QUEUE, arn: QUEUE, action: 'attach', document: null, statements: DOCUMENT.Statement };
    const change = reviewChange({ change_type: 'resource_policy', target_arn: QUEUE, wish });
    const empty = emptyDraft({ type: 'resource_policy', arn: QUEUE, policy });
    expect(draftOf(change)).toEqual({ ...empty, adds: true });
    const whole = { ...wish, document: DOCUMENT, statements: null };
    expect(draftOf({ ...change, wish: whole })).toEqual({ ...empty, adds: false });
  });

  it('ends when it was to end', () => {
    const wish = { principal_arn: ROLE_ARN, policy_name: 'own', document: DOCUMENT, action: 'attach', new: true };
    expect(draftOf(reviewChange({ wish, until: at('2027-06-01', '18:30') }))?.end).toEqual({
      kind: 'at',
      date: '2027-06-01',
      time: '18:30',
    });
  });

  it.each([
    ['role_create', { principal_arn: ROLE_ARN }],
    ['resource_policy', { principal_arn: ROLE_ARN, arn: ROLE_ARN, action: 'detach' }],
    ['resource_tag', { principal_arn: QUEUE, tag_action: 'create', key: 'owner', value: 'x' }],
    ['role_access', { principal_arn: ROLE_ARN, identity: 'user:ana', use: 'cli_only' }],
  ] as const)('of type %s with %j is not filled in: something of it would be lost', (change_type, wish) => {
    expect(draftOf(reviewChange({ change_type, wish }))).toBeNull();
  });
});
