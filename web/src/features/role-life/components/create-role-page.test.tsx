import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { profile, ROLE_ARN } from '@/testing/data';
import { renderApp, type RunningApp } from '@/testing/render-app';
import { REQUEST_ID } from '@/testing/requests';
import { http, refusal, server } from '@/testing/server';

function mayCreate() {
  server.use(
    http.get('/api/v2/user_profile', ({ response }) =>
      response(200).json(profile({ authorization: { can_create_roles: true } })),
    ),
  );
}

function listen(): unknown[] {
  mayCreate();
  const sent: unknown[] = [];
  const made = {
    errors: 0,
    role_created: 'true' as const,
    action_results: [{ status: 'success' as const, message: 'Role app-worker is made.' }],
    request_id: REQUEST_ID,
  };
  server.use(
    http.post('/api/v2/roles', async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json(made);
    }),
    http.post('/api/v2/clone/role', async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json(made);
    }),
  );
  return sent;
}

async function name({ user }: RunningApp): Promise<void> {
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'app-worker');
}

function choose(account: string): void {
  const select = createWrapper().findSelect();
  select?.openDropdown();
  select?.selectOptionByValue(account);
}

describe('a new role', () => {
  it('is made of nothing, and its page and record are linked', async () => {
    const sent = listen();
    const app = renderApp('/create_role');
    await name(app);
    choose('111122223333');
    await expectAccessible();
    await app.user.click(screen.getByRole('button', { name: 'Make the role' }));
    expect(await screen.findByText('Role app-worker is made.')).toBeDefined();
    expect(sent).toEqual([{ account_id: '111122223333', role_name: 'app-worker', instance_profile: false }]);
    expect(screen.getByRole('link', { name: 'The page of app-worker' }).getAttribute('href')).toBe(
      '/policies/edit/111122223333/iamrole/app-worker',
    );
    expect(screen.getByRole('link', { name: 'How it was recorded' }).getAttribute('href')).toContain(REQUEST_ID);
  });

  it('is a copy, with what is chosen to come along', async () => {
    const sent = listen();
    const app = renderApp(`/create_role?clone=${ROLE_ARN}`);
    await name(app);
    await app.user.click(screen.getByRole('checkbox', { name: /^Tags/ }));
    await app.user.click(screen.getByRole('button', { name: 'Copy the role' }));
    await screen.findByText('The role is made');
    expect(sent).toEqual([
      {
        account_id: '111122223333',
        role_name: 'app-deployer',
        dest_account_id: '111122223333',
        dest_role_name: 'app-worker',
        options: {
          assume_role_policy: true,
          inline_policies: true,
          managed_policies: true,
          tags: false,
          copy_description: true,
          max_session_duration: true,
        },
      },
    ]);
  });

  it('with faults says which, and asks the service nothing', async () => {
    const sent = listen();
    const { user } = renderApp('/create_role');
    await user.click(await screen.findByRole('button', { name: 'Make the role' }));
    expect(await screen.findByText('Choose the account.')).toBeDefined();
    expect(screen.getByText(/A name has 1 to 64 letters/)).toBeDefined();
    expect(sent).toEqual([]);
  });

  it('that the service refuses keeps what was filled in', async () => {
    listen();
    server.use(
      http.post('/api/v2/clone/role', ({ response }) => response.untyped(refusal(400, 'A role of that name exists.'))),
    );
    const app = renderApp(`/create_role?clone=${ROLE_ARN}`);
    await name(app);
    await app.user.click(screen.getByRole('button', { name: 'Copy the role' }));
    expect(await screen.findByText('A role of that name exists.')).toBeDefined();
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('app-worker');
  });

  it('is nothing for those who may not make one', async () => {
    renderApp('/create_role');
    expect(await screen.findByText('You may not make roles')).toBeDefined();
  });
});
