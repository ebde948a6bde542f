import { screen, within } from '@testing-library/react';
import { http as any } from 'msw';
import { describe, expect, it } from 'vitest';
import { profile } from '@/testing/data';
import { textIn } from '@/testing/editor';
import { renderApp } from '@/testing/render-app';
import { requestDetail, REQUEST_ID } from '@/testing/requests';
import { resourceBody, roleBody } from '@/testing/resources';
import { http, refusal, server } from '@/testing/server';

const ROLE_PAGE = '/policies/edit/111122223333/iamrole/app-deployer';
const QUEUE_PAGE = '/policies/edit/111122223333/sqs/us-east-1/jobs';

function showing(): void {
  server.use(
    http.get('/api/v2/roles/{account_id}/{role}', ({ response }) => response(200).json(roleBody())),
    any.get('*/api/v2/resources/*', () => Response.json(resourceBody())),
  );
}

describe('what a page shows, a request can change', () => {
  it('an inline policy, which the form then holds', async () => {
    showing();
    const { user, at } = renderApp(ROLE_PAGE);
    await user.click(await screen.findByRole('link', { name: 'Request an edit of own' }));
    expect(await textIn('Policy')).toContain('s3:GetObject');
    expect(at()).toMatch(/^\/requests\/new\?arn=.*&change=inline_policy&policy_name=own&replaces=yes$/);
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Policy name' }).value).toBe('own');
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: /^Replace the policy/ }).checked).toBe(true);
  });

  it('the trust policy', async () => {
    showing();
    const { user } = renderApp(`${ROLE_PAGE}?tab=trust`);
    await user.click(await screen.findByRole('link', { name: 'Request another trust policy' }));
    expect(await textIn('Trust policy')).toContain('s3:GetObject');
  });

  it('a tag of a queue', async () => {
    showing();
    const { user } = renderApp(`${QUEUE_PAGE}?tab=tags`);
    await user.click(await screen.findByRole('link', { name: 'Request another value of team' }));
    expect((await screen.findByRole<HTMLInputElement>('textbox', { name: 'Key' })).value).toBe('team');
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Value' }).value).toBe('pay');
  });

  it('the policy of a queue, by more statements or as a whole', async () => {
    showing();
    const { user } = renderApp(QUEUE_PAGE);
    await user.click(await screen.findByRole('link', { name: 'Request another policy' }));
    expect(await textIn('Resource policy')).toContain('s3:GetObject');
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /^Write the whole policy/ }).checked).toBe(true);
  });

  it('who may use a role', async () => {
    showing();
    const { user } = renderApp(`${ROLE_PAGE}?tab=who`);
    await user.click(await screen.findByRole('link', { name: 'Request access for somebody' }));
    expect(await screen.findByRole('textbox', { name: 'Their user name' })).toBeDefined();
  });
});

describe('a role', () => {
  function mayDelete(): void {
    showing();
    server.use(
      http.get('/api/v2/user_profile', ({ response }) =>
        response(200).json(profile({ authorization: { can_delete_iam_principals: true, can_create_roles: true } })),
      ),
      http.get('/api/v2/requests/{request_id}', ({ response }) => response(200).json(requestDetail())),
    );
  }

  it('is deleted by those who may, once they have typed its name', async () => {
    mayDelete();
    server.use(
      http.delete('/api/v2/roles/{account_id}/{role}', ({ response }) =>
        response(200).json({
          status: 'success',
          message: 'The role is deleted.',
          role: 'app-deployer',
          account: '111122223333',
          request_id: REQUEST_ID,
        }),
      ),
    );
    const { user, at } = renderApp(ROLE_PAGE);
    await user.click(await screen.findByRole('button', { name: 'Delete' }));
    const dialog = await screen.findByRole('dialog');
    const confirm = within(dialog).getByRole('button', { name: 'Delete the role' });
    expect(confirm.getAttribute('aria-disabled')).toBe('true');
    await user.type(within(dialog).getByRole('textbox'), 'app-deployer');
    await user.click(confirm);
    await expect.poll(at).toBe(`/policies/request/${REQUEST_ID}`);
    expect(await screen.findByText('The role is deleted.')).toBeDefined();
  });

  it('that cannot be deleted says why', async () => {
    mayDelete();
    server.use(
      http.delete('/api/v2/roles/{account_id}/{role}', ({ response }) =>
        response.untyped(refusal(409, 'It is in an instance profile that is used.')),
      ),
    );
    const { user } = renderApp(ROLE_PAGE);
    await user.click(await screen.findByRole('button', { name: 'Delete' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByRole('textbox'), 'app-deployer');
    await user.click(within(dialog).getByRole('button', { name: 'Delete the role' }));
    expect(await within(dialog).findByText('It is in an instance profile that is used.')).toBeDefined();
  });

  it('is neither copied nor deleted by others', async () => {
    showing();
    renderApp(ROLE_PAGE);
    await screen.findByRole('heading', { level: 1, name: 'app-deployer' });
    expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull();
    expect(screen.queryByRole('link', { name: 'Copy' })).toBeNull();
  });
});
