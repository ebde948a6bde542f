import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ChangeContent } from '@/features/changes/components/change-content';
import type { ChangeName } from '@/features/changes/lib/change-kinds';
import type { Wish } from '@/features/changes/lib/wish';
import { expectAccessible } from '@/testing/accessible';
import { ROLE_ARN } from '@/testing/data';
import { textIn } from '@/testing/editor';
import { renderAlone } from '@/testing/render-app';

const OWN = 'arn:aws:iam::111122223333:policy/team/reader';

function show(type: ChangeName, wish: Wish, before: unknown = null, after: unknown = { shown: true }) {
  return renderAlone(
    <ChangeContent type={type} title="It" target={ROLE_ARN} wish={wish} before={before} after={after} />,
  );
}

describe('what a change does', () => {
  it.each([
    ['managed_policy', { arn: OWN, action: 'attach' }, [OWN, 'It gives everything that the policy allows.']],
    ['managed_policy', { arn: OWN, action: 'detach' }, ['It takes away what the policy allows.']],
    ['permissions_boundary', { arn: OWN, action: 'detach' }, ['Its policies count as they are from then on.']],
    ['resource_tag', { tag_action: 'create', key: 'owner', value: 'pay' }, ['A new tag', 'owner', 'pay']],
    [
      'resource_tag',
      { tag_action: 'update', key: 'owner', original_key: 'Owner', value: 'pay' },
      ['A tag gets another name', 'Owner → owner'],
    ],
    ['role_access', { identity: 'group:engineers' }, ['Everybody in the group engineers', 'At once', 'For ever']],
    ['role_access', { identity: 'user:ana@example.com', until: 4_000_000_000 }, ['ana@example.com', 'At once']],
    ['role_create', {}, ['The role is made as shown.']],
  ] as const)('is said in words: %s %j', async (type, wish, texts) => {
    show(type, wish);
    for (const text of texts) expect(await screen.findByText(text)).toBeDefined();
    expect(await textIn('It: new')).toContain('"shown": true');
  });

  it('that removes a role says what goes', async () => {
    show('role_delete', {}, { shown: true }, null);
    expect(await screen.findByText(/The role goes with its policies and tags/)).toBeDefined();
  });

  it('is shown as documents where it is a document', async () => {
    show('resource_policy', {}, { Statement: [] }, { Statement: [{ Sid: 'cm1' }] });
    expect(await textIn('It: after')).toContain('cm1');
    await expectAccessible();
  });

  it('leads to the page of a managed policy of the account', async () => {
    const { user, at } = show('managed_policy', { arn: OWN });
    await user.click(await screen.findByRole('link', { name: OWN }));
    expect(at()).toBe('/policies/edit/111122223333/managed_policy/team/reader');
  });

  it('of a type that this page does not know yet is shown as it is', async () => {
    show('brand_new' as ChangeName, {});
    expect(await textIn('It: new')).toContain('"shown": true');
  });
});
