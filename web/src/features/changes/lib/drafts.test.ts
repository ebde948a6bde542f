import { describe, expect, it } from 'vitest';
import { draftFaults, type DraftType, emptyDraft, mayEnd, toWish } from '@/features/changes/lib/drafts';
import { ROLE_ARN } from '@/testing/data';

const NOW = 1_800_000_000;
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:jobs';
const MANAGED = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const STATEMENT = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };
const policy = JSON.stringify({ Version: '2012-10-17', Statement: STATEMENT });
const principal = (principal_arn: string) => ({ principal: { principal_type: 'AwsResource', principal_arn } });

describe('a change that is filled in', () => {
  it.each([
    ['inline_policy', { policyName: ' own ' }, { action: 'attach', new: true, policy_name: 'own' }],
    ['inline_policy', { policyName: 'own', removes: true }, { action: 'detach', new: false, policy_name: 'own' }],
    ['managed_policy', { policyArn: MANAGED, removes: true }, { action: 'detach', arn: MANAGED }],
    ['permissions_boundary', { policyArn: MANAGED }, { action: 'attach', new: true, arn: MANAGED }],
    ['permissions_boundary', { policyArn: MANAGED, replaces: true }, { action: 'attach', new: false, arn: MANAGED }],
    ['assume_role_policy', {}, { policy: { policy_document: { Version: '2012-10-17', Statement: STATEMENT } } }],
    ['resource_tag', { key: 'owner', value: ' x' }, { tag_action: 'create', key: 'owner', value: ' x' }],
    [
      'resource_tag',
      { key: 'owner', value: 'x', originalKey: 'Owner' },
      { tag_action: 'update', key: 'owner', value: 'x', original_key: 'Owner' },
    ],
    ['resource_tag', { key: 'owner', removes: true }, { tag_action: 'delete', key: 'owner' }],
    ['role_access', { who: 'group', name: 'engineers' }, { identity: 'group:engineers' }],
  ] as const)('of type %s with %j is sent as the service takes it', (type, part, fields) => {
    const wish = toWish(emptyDraft({ type, arn: ` ${ROLE_ARN} `, policy, ...part }), NOW);
    expect(wish).toMatchObject({ ...principal(ROLE_ARN), change_type: type, ...fields });
    expect(wish.until).toBeUndefined();
  });

  it('adds statements to a resource policy, or is the whole of it', () => {
    const draft = emptyDraft({ type: 'resource_policy', arn: QUEUE, policy });
    const added = toWish(draft, NOW);
    expect(added).toEqual({ ...principal(QUEUE), change_type: 'resource_policy', arn: QUEUE, statements: [STATEMENT] });
    expect(toWish({ ...draft, adds: false }, NOW)).toMatchObject({
      policy: { policy_document: { Statement: STATEMENT } },
    });
  });

  it('ends a span after it was looked at, or at a time of the own clock', () => {
    const draft = emptyDraft({ arn: ROLE_ARN, policy });
    expect(toWish({ ...draft, end: { kind: 'after', seconds: 3600 } }, NOW + 1).until).toBe(NOW + 3660);
    const at = toWish({ ...draft, end: { kind: 'at', date: '2027-06-01', time: '18:30' } }, NOW).until;
    expect(at).toBe(new Date(2027, 5, 1, 18, 30).getTime() / 1000);
  });

  it('of access to a role may begin later', () => {
    const begin = { kind: 'at', date: '2027-06-01', time: '18:30' } as const;
    const draft = emptyDraft({ type: 'role_access', arn: ROLE_ARN, name: 'ana@example.com', begin });
    expect(toWish(draft, NOW).not_before).toBe(new Date(2027, 5, 1, 18, 30).getTime() / 1000);
    expect(draftFaults({ ...draft, end: { kind: 'after', seconds: 3600 } }, NOW)).toEqual({
      begin: 'It would end before it begins.',
    });
  });

  it('that takes something away has no end', () => {
    const draft = emptyDraft({ arn: ROLE_ARN, policyName: 'own', removes: true, end: { kind: 'after', seconds: 60 } });
    expect(mayEnd(draft)).toBe(false);
    expect(toWish(draft, NOW).until).toBeUndefined();
  });
});

describe('faults of a change', () => {
  it.each([
    ['inline_policy', { policyName: 'a b', policy: '{' }, ['arn', 'policyName', 'policy']],
    ['inline_policy', { removes: true, policy: '{' }, ['arn', 'policyName']],
    ['managed_policy', {}, ['arn', 'policyArn']],
    ['permissions_boundary', { arn: QUEUE, policyArn: MANAGED }, ['arn']],
    ['assume_role_policy', { arn: 'arn:aws:iam::111122223333:user/x' }, ['arn']],
    ['resource_policy', { arn: 'bucket' }, ['arn']],
    ['resource_tag', { arn: QUEUE, key: ' ' }, ['key']],
    ['role_access', { arn: ROLE_ARN }, ['name']],
    ['role_access', { arn: ROLE_ARN, name: 'ana', end: { kind: 'at', date: '2020-01-01', time: '00:00' } }, ['end']],
    ['role_access', { arn: ROLE_ARN, name: 'ana', end: { kind: 'at', date: '', time: '' } }, ['end']],
  ] as const satisfies readonly (readonly [DraftType, object, readonly string[]])[])(
    'of type %s with %j are told where they are',
    (type, part, fields) => {
      expect(Object.keys(draftFaults(emptyDraft({ type, ...part }), NOW))).toEqual(fields);
    },
  );

  it('are none for a role, and none for a user', () => {
    for (const arn of [ROLE_ARN, 'arn:aws-us-gov:iam::111122223333:user/ci/robot'])
      expect(draftFaults(emptyDraft({ arn }), NOW)).toEqual({});
  });
});
