import { screen, within } from '@testing-library/react';
import { http as any } from 'msw';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { renderApp } from '@/testing/render-app';
import { historyBody, resourceBody, roleBody, userBody } from '@/testing/resources';
import { http, refusal, server } from '@/testing/server';

const ROLE_PAGE = '/policies/edit/111122223333/iamrole/app-deployer';
const QUEUE_PAGE = '/policies/edit/111122223333/sqs/us-east-1/jobs';

function showingRole(part: Parameters<typeof roleBody>[0] = {}): string[] {
  const asked: string[] = [];
  server.use(
    http.get('/api/v2/roles/{account_id}/{role}', ({ request, response }) => {
      asked.push(new URL(request.url).search);
      return response(200).json(roleBody(part));
    }),
  );
  return asked;
}

describe('the page of a role', () => {
  it('tells who it is, how old this is, and what it may do', async () => {
    showingRole();
    renderApp(ROLE_PAGE);
    expect(await screen.findByRole('heading', { level: 1, name: 'app-deployer' })).toBeDefined();
    expect(screen.getByText('Deploys the application')).toBeDefined();
    expect(screen.getByText(/IAM role\. Listed/)).toBeDefined();
    expect(screen.getByText('12 hours')).toBeDefined();
    expect(screen.getByText('Not in the last 400 days')).toBeDefined();
    expect(await screen.findByRole('textbox', { name: 'The inline policy own' })).toBeDefined();
    expect(document.title).toBe('app-deployer · ConsoleMe');
    await expectAccessible();
  });

  it('opens the tab that its address names, and puts the chosen one there', async () => {
    showingRole();
    const { user, at } = renderApp(`${ROLE_PAGE}?tab=who`);
    const table = await screen.findByRole('table', { name: 'Who may use the role' });
    expect(within(table).getByText('payments-engineers (group)')).toBeDefined();
    expect(within(table).getByText('tag consoleme-authorized')).toBeDefined();
    await user.click(screen.getByRole('tab', { name: 'Tags (1)' }));
    expect(at()).toBe(`${ROLE_PAGE}?tab=tags`);
    expect(await screen.findByRole('table', { name: 'Tags' })).toBeDefined();
  });

  it('reads it in AWS when asked, and shows why that failed', async () => {
    const asked = showingRole();
    const { user } = renderApp(ROLE_PAGE);
    await user.click(await screen.findByRole('button', { name: 'Read in AWS now' }));
    await expect.poll(() => asked).toEqual(['', '?force_refresh=true']);
    server.use(
      http.get('/api/v2/roles/{account_id}/{role}', ({ response }) =>
        response(200).json(
          roleBody({
            age: { observed_at: 1, refreshed_at: 2, read_at: null, warning: 'AWS refused for iam:GetRole.' },
          }),
        ),
      ),
    );
    await user.click(screen.getByRole('button', { name: 'Read in AWS now' }));
    expect(await screen.findByText('AWS refused for iam:GetRole.')).toBeDefined();
  });

  it('says what the trust policy lacks, and whom it lets in from outside', async () => {
    showingRole({
      trust: { source_identity: false, session_tags: true, mending_statement: { Effect: 'Allow' } },
      exposure: {
        public: true,
        denies: true,
        unreadable: [],
        outsiders: [
          {
            kind: 'everybody',
            who: '*',
            account_id: null,
            account_name: null,
            statement: 'Open',
            actions: ['sts:AssumeRole'],
            conditions: [],
            pinned: true,
          },
          {
            kind: 'service',
            who: 'events.amazonaws.com',
            account_id: null,
            account_name: null,
            statement: 'Events',
            actions: ['sts:AssumeRole'],
            conditions: [],
            pinned: false,
          },
        ],
      },
    });
    const { user } = renderApp(`${ROLE_PAGE}?tab=outside`);
    expect(await screen.findByText('Everybody is let in')).toBeDefined();
    expect(screen.getByText('Public')).toBeDefined();
    expect(screen.getByText('AWS service, for anybody')).toBeDefined();
    expect(screen.getByText(/may take back part of this/)).toBeDefined();
    await user.click(screen.getByRole('tab', { name: /Who can use it/ }));
    expect(await screen.findByText(/does not let ConsoleMe do all it needs/)).toBeDefined();
  });

  it('reads managed policies when they are looked at, and names those that could not be read', async () => {
    showingRole({
      inline_policies: [],
      managed_policies: [
        { PolicyName: 'Shared', PolicyArn: 'arn:aws:iam::111122223333:policy/team/Shared' },
        { PolicyName: 'Gone', PolicyArn: 'arn:aws:iam::aws:policy/Gone' },
      ],
    });
    server.use(
      any.get('*/api/v2/managed_policies_on_principal/*', () =>
        Response.json({
          status: 'success',
          status_code: 200,
          data: { Shared: { Statement: [] } },
          errors: ['arn:aws:iam::aws:policy/Gone: AWS has no such policy.'],
        }),
      ),
    );
    const { user } = renderApp(ROLE_PAGE);
    expect(await screen.findByText('It has no policies of its own')).toBeDefined();
    expect(await screen.findByText(/AWS has no such policy/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Shared' }));
    const link = await screen.findByRole('link', { name: 'arn:aws:iam::111122223333:policy/team/Shared' });
    expect(link.getAttribute('href')).toBe('/policies/edit/111122223333/managed_policy/team/Shared');
  });

  it('says in the words of the service what is not there', async () => {
    server.use(
      http.get('/api/v2/roles/{account_id}/{role}', ({ response }) =>
        response.untyped(refusal(404, 'No role was found. Check its name and path.')),
      ),
    );
    renderApp(ROLE_PAGE);
    expect(await screen.findByText(/Check its name and path/)).toBeDefined();
  });
});

describe('what a resource was before', () => {
  it('lists its contents with who changed what, and shows the newest beside the one before', async () => {
    showingRole();
    server.use(
      http.get('/api/v2/resource_history', ({ request, response }) => {
        const version = new URL(request.url).searchParams.get('version');
        const body = historyBody();
        const chosen = body.versions.find(({ id }) => id === version);
        return response(200).json(
          chosen === undefined
            ? body
            : { ...body, difference: { version: chosen, before: { tags: {} }, after: { tags: { tier: '1' } } } },
        );
      }),
    );
    renderApp(`${ROLE_PAGE}?tab=history`);
    const table = await screen.findByRole('table', { name: 'What it was before' });
    expect(within(table).getByText('inline policies, tags')).toBeDefined();
    expect(within(table).getByText('mallory@example.com')).toBeDefined();
    expect(within(table).getByText('First known content')).toBeDefined();
    expect(await screen.findByText('From then on')).toBeDefined();
    await expectAccessible();
  });

  it('says so when there is none', async () => {
    showingRole();
    server.use(
      http.get('/api/v2/resource_history', ({ response }) => response(200).json(historyBody({ versions: [] }))),
    );
    renderApp(`${ROLE_PAGE}?tab=history`);
    expect(await screen.findByText('It has not changed')).toBeDefined();
  });
});

describe('pages of other resources', () => {
  it('shows a user with groups and without a trust policy', async () => {
    server.use(http.get('/api/v2/users/{account_id}/{user}', ({ response }) => response(200).json(userBody())));
    renderApp('/policies/edit/111122223333/iamuser/robot');
    expect(await screen.findByText('builders')).toBeDefined();
    expect(screen.queryByRole('tab', { name: 'Trust policy' })).toBeNull();
  });

  it('shows a queue with its policy, and asks for it by region and name', async () => {
    const asked: string[] = [];
    server.use(
      any.get('*/api/v2/resources/*', ({ request }) => {
        asked.push(new URL(request.url).pathname);
        return Response.json(resourceBody());
      }),
    );
    renderApp(QUEUE_PAGE);
    expect(await screen.findByText(/SQS queue/)).toBeDefined();
    expect(await screen.findByRole('textbox', { name: 'The policy of jobs' })).toBeDefined();
    expect(asked).toEqual(['/api/v2/resources/111122223333/sqs/us-east-1/jobs']);
  });

  it('says what the policy of a resource keeps from us', async () => {
    server.use(
      any.get('*/api/v2/resources/*', () =>
        Response.json(resourceBody({ refused: ['policy', 'tags'], resource_details: { TagSet: [] } })),
      ),
    );
    const { user } = renderApp(QUEUE_PAGE);
    expect(await screen.findByText('AWS did not tell the policy')).toBeDefined();
    await user.click(screen.getByRole('tab', { name: 'Tags (0)' }));
    expect(await screen.findByText('AWS did not tell the tags')).toBeDefined();
  });

  it('shows a managed policy with its versions and whom it is attached to', async () => {
    const arn = 'arn:aws:iam::111122223333:policy/team/Shared';
    server.use(
      any.get('*/api/v2/resources/*', () =>
        Response.json(
          resourceBody({
            arn,
            name: 'Shared',
            technology: 'managed_policy',
            versions: [
              { version_id: 'v2', create_date: '2026-02-02T00:00:00Z', is_default: true, document: {} },
              { version_id: 'v1', create_date: '2026-01-02T00:00:00Z', is_default: false, document: {} },
            ],
          }),
        ),
      ),
      http.get('/api/v2/attached_principals', ({ response }) =>
        response(200).json({
          principals: [{ kind: 'role', name: 'app', arn: 'arn:aws:iam::111122223333:role/team/app' }],
        }),
      ),
    );
    const { user } = renderApp('/policies/edit/111122223333/managed_policy//team/Shared?tab=attached');
    const link = await screen.findByRole('link', { name: 'app' });
    expect(link.getAttribute('href')).toBe('/policies/edit/111122223333/iamrole/app');
    await user.click(screen.getByRole('tab', { name: 'Versions (2)' }));
    expect(await screen.findByText('v2, in force')).toBeDefined();
  });

  it('says what links lead to when one leads nowhere', async () => {
    renderApp('/policies/edit/111122223333/lambda/x');
    expect(await screen.findByText('This link leads to no resource')).toBeDefined();
  });
});
