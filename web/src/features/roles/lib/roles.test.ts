import { describe, expect, it } from 'vitest';
import { configProfile, formatCredentials, profileName } from '@/features/roles/lib/credential-formats';
import { readRoleLink } from '@/features/roles/lib/role-links';
import { groupByAccount, pageOf, search, toRoleRow } from '@/features/roles/lib/role-rows';
import { credentials, eligibleRole } from '@/testing/data';

const rows = [
  eligibleRole({ name: 'app-deployer' }),
  eligibleRole({
    name: 'auditor',
    account_id: '444455556666',
    account_name: 'payments-prod',
    reasons: ['user:ana by configuration'],
  }),
  eligibleRole({ name: 'a(b', account_name: 'payments-test' }),
].map(toRoleRow);

describe('the search', () => {
  it.each([
    ['', 3],
    ['  ', 3],
    ['PAYMENTS', 3],
    ['prod audit', 1],
    ['444455556666', 1],
    ['configuration', 1],
    ['(', 1],
    ['a(b', 1],
    ['.*', 0],
    ['policies/edit', 0],
    ['nothing', 0],
  ])('for %j finds %i', (text, count) => {
    expect(search(rows, text)).toHaveLength(count);
  });
});

describe('groups', () => {
  it('are sorted by account and hold every role', () => {
    const groups = groupByAccount(rows);
    expect(groups.map(({ name, roles }) => [name, roles.length])).toEqual([
      ['payments-prod', 1],
      ['payments-test', 2],
    ]);
  });
});

describe('pages', () => {
  it.each([0, 1, 49, 50, 51, 100, 101, 237])('of %i rows together hold every row once', (count) => {
    const items = Array.from({ length: count }, (_value, index) => index);
    const { pages } = pageOf(items, 1, 50);
    const seen = Array.from({ length: pages }, (_value, index) => pageOf(items, index + 1, 50).items).flat();
    expect(seen).toEqual(items);
  });

  it('that no longer exist become the last one', () => {
    expect(pageOf([1, 2, 3], 9, 2)).toEqual({ items: [3], page: 2, pages: 2 });
  });
});

describe('credentials', () => {
  const { Credentials: keys } = credentials();

  it('are quoted for bash', () => {
    expect(formatCredentials('bash', keys, 'p')).toBe(
      "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'\nexport AWS_SECRET_ACCESS_KEY='se'\\''cret/+'\nexport AWS_SESSION_TOKEN='token=='\n",
    );
  });

  it('are quoted for PowerShell', () => {
    expect(formatCredentials('powershell', keys, 'p')).toContain("$Env:AWS_SECRET_ACCESS_KEY = 'se''cret/+'\n");
  });

  it('make a profile', () => {
    expect(formatCredentials('profile', keys, 'payments-test-app')).toBe(
      "[payments-test-app]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = se'cret/+\naws_session_token = token==\n",
    );
  });

  it('need not be in the configuration: a command fetches them', () => {
    const name = profileName('Payments Test', 'team/App_Deployer');
    expect(configProfile(name, 'arn:x')).toBe(
      '[profile payments-test-team-app-deployer]\ncredential_process = weep credential_process arn:x\n',
    );
  });
});

describe('links to the roles', () => {
  it('search for what they name, pass on what the console needs, and carry a warning', () => {
    const link = readRoleLink(
      new URLSearchParams({
        arn: 'deployer',
        r: 'eu-west-1',
        redirect: 'https://x/y?z',
        warningMessage: btoa('Choose one'),
      }),
    );
    expect(link).toEqual({
      text: 'deployer',
      warning: 'Choose one',
      passedOn: '?r=eu-west-1&redirect=https%3A%2F%2Fx%2Fy%3Fz',
    });
  });

  it('with a broken warning say so', () => {
    expect(readRoleLink(new URLSearchParams({ warningMessage: '***' })).warning).toMatch(/cannot be read/);
  });
});
