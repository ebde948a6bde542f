import { describe, expect, it } from 'vitest';
import { prefilled } from '@/features/requests/lib/encoded-request';
import { EXAMPLE_POLICY } from '@/features/changes/lib/drafts';
import { ROLE_ARN } from '@/testing/data';

const POLICY = { Version: '2012-10-17', Statement: [] };

function link(wanted: unknown): URLSearchParams {
  return new URLSearchParams({ encoded_request: btoa(JSON.stringify(wanted)) });
}

describe('a link to a new request', () => {
  it('fills in the role and the policy', () => {
    const text = `${JSON.stringify(POLICY, null, 2)}\n`;
    const wanted = { linked: { type: 'inline_policy', arn: ROLE_ARN, policy: text }, fault: null };
    expect(prefilled(link({ role: ROLE_ARN, updated_policy: JSON.stringify(POLICY) }))).toMatchObject(wanted);
    expect(prefilled(link({ role: ROLE_ARN, updated_policy: POLICY }))).toMatchObject(wanted);
  });

  it('may name the role alone, or nothing', () => {
    expect(prefilled(new URLSearchParams({ arn: ROLE_ARN }))).toMatchObject({
      linked: { arn: ROLE_ARN, policy: EXAMPLE_POLICY },
      fault: null,
    });
    expect(prefilled(new URLSearchParams())).toEqual({ linked: null, fault: null });
  });

  it('may name a change of any type that can be asked for, with what it is about', () => {
    const params = new URLSearchParams({
      arn: 'arn:aws:s3:::invoices',
      change: 'resource_tag',
      key: 'owner',
      removes: 'yes',
    });
    expect(prefilled(params).linked).toMatchObject({ type: 'resource_tag', key: 'owner', removes: true });
    params.set('change', 'role_delete');
    expect(prefilled(params).linked?.type).toBe('inline_policy');
  });

  it.each([
    new URLSearchParams({ encoded_request: 'nonsense' }),
    link([]),
    link(null),
    link({ role: ROLE_ARN }),
    link({ role: ROLE_ARN, updated_policy: '{' }),
    link({ role: ROLE_ARN, updated_policy: '[]' }),
  ])('that cannot be read says so (%#)', (params) => {
    expect(prefilled(params).linked).toBeNull();
    expect(prefilled(params).fault).toContain('cannot be read');
  });

  it('never fills in what is no text for the role', () => {
    expect(prefilled(link({ role: 7, updated_policy: POLICY })).linked?.arn).toBe('');
  });
});
