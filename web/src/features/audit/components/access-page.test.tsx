import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { PersonReview, RoleReview } from '@/features/audit/lib/types';
import { expectAccessible } from '@/testing/accessible';
import { profile, ROLE_ARN } from '@/testing/data';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const ROLE: RoleReview = {
  role_arn: ROLE_ARN,
  account_name: 'payments-test',
  synced_at: 1_800_000_000,
  too_old: false,
  refusal: null,
  holders: [
    {
      identity: 'group:payments-engineers',
      sources: ['tag consoleme-authorized'],
      cli_only: false,
      not_before: null,
      not_after: null,
      in_force: true,
    },
    {
      identity: 'user:ana@example.com',
      sources: ['request 1'],
      cli_only: true,
      not_before: null,
      not_after: 1_700_000_000,
      in_force: false,
    },
  ],
};

const PERSON: PersonReview = {
  user: 'ana@example.com',
  groups: ['on-call', 'payments-engineers'],
  source: 'okta',
  observed_at: 1_800_000_000,
  suspended: false,
  roles: [
    {
      role_arn: ROLE_ARN,
      account_name: null,
      reasons: [{ identity: 'group:on-call', source: 'tag consoleme-authorized' }],
      cli_only: true,
      not_after: null,
      too_old: true,
    },
  ],
};

function have(role: Partial<RoleReview> = {}, person: Partial<PersonReview> = {}): string[] {
  const asked: string[] = [];
  server.use(
    http.get('/api/v2/user_profile', ({ response }) =>
      response(200).json(profile({ pages: { audit: { enabled: true } } })),
    ),
    http.get('/api/v2/audit/role_access', ({ request, response }) => {
      asked.push(String(new URL(request.url).searchParams.get('role')));
      return response(200).json({ ...ROLE, ...role });
    }),
    http.get('/api/v2/audit/user_access', ({ request, response }) => {
      asked.push(String(new URL(request.url).searchParams.get('user')));
      return response(200).json({ ...PERSON, ...person });
    }),
  );
  return asked;
}

describe('who may use what', () => {
  it('asks nothing before somebody does', async () => {
    const asked = have();
    const { user } = renderApp('/audit/access');
    await user.type(await screen.findByRole('textbox', { name: /ARN, or a person/ }), `${ROLE_ARN}{Enter}`);
    expect(await screen.findByText('payments-engineers (group)')).toBeDefined();
    expect(asked).toEqual([ROLE_ARN]);
  });

  it('shows who may use a role, why, and since when not', async () => {
    have();
    renderApp(`/audit/access?q=${encodeURIComponent(ROLE_ARN)}`);
    expect(await screen.findByText('tag consoleme-authorized')).toBeDefined();
    expect(screen.getByText('Not in force')).toBeDefined();
    expect(screen.getByText('Command line only')).toBeDefined();
    expect(screen.getByText(/Who may use this role of payments-test/)).toBeDefined();
    await expectAccessible();
  });

  it('goes from a role to a person, and to what they did', async () => {
    have();
    const { user, at } = renderApp(`/audit/access?q=${encodeURIComponent(ROLE_ARN)}`);
    await user.click(await screen.findByRole('link', { name: 'ana@example.com' }));
    expect(await screen.findByText('on-call, payments-engineers')).toBeDefined();
    expect(screen.getByText('group:on-call by tag consoleme-authorized')).toBeDefined();
    expect(screen.getByText('Account not read for long')).toBeDefined();
    expect(at()).toBe('/audit/access?q=ana%40example.com');
    await expectAccessible();
    expect(screen.getByRole('link', { name: 'What they have done' }).getAttribute('href')).toBe(
      '/audit?person=ana%40example.com',
    );
  });

  it('says why nobody gets a role, and when an account was not read', async () => {
    have({
      refusal: 'Roles of this product itself are never handed out.',
      too_old: true,
      synced_at: null,
      holders: [],
    });
    renderApp(`/audit/access?q=${encodeURIComponent(ROLE_ARN)}`);
    expect(await screen.findByText(/never handed out/)).toBeDefined();
    expect(screen.getByText(/It was never read/)).toBeDefined();
    expect(screen.getByText('Nobody')).toBeDefined();
  });

  it('says who is suspended, and whom nobody knows', async () => {
    have({}, { suspended: true, observed_at: null, groups: [], roles: [], source: null });
    renderApp('/audit/access?q=eve@example.com');
    expect(await screen.findByText('Suspended')).toBeDefined();
    expect(screen.getByText(/Nobody of this name has signed in/)).toBeDefined();
  });

  it('says what is wrong with a question', async () => {
    have();
    server.use(
      http.get('/api/v2/audit/role_access', ({ response }) =>
        response.untyped(refusal(400, "'arn:x' is not the ARN of an IAM role.")),
      ),
    );
    renderApp('/audit/access?q=arn:x');
    expect(await screen.findByText(/is not the ARN of an IAM role/)).toBeDefined();
  });
});
