import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { credentials, eligibleRole, ROLE_ARN } from '@/testing/data';
import { elementOf, renderApp, type RunningApp } from '@/testing/render-app';
import { http, refusal, server, tableOf } from '@/testing/server';

const ROLES = [
  eligibleRole(),
  eligibleRole({ name: 'auditor', account_id: '444455556666', account_name: 'payments-prod' }),
  eligibleRole({
    name: 'batch',
    cli_only: true,
    reasons: ['user:ana@example.com by tag consoleme-authorized-cli-only'],
  }),
];

function haveRoles(roles = ROLES): void {
  server.use(http.post('/api/v2/eligible_roles', ({ response }) => response(200).json(tableOf(roles))));
}

async function opened(path = '/'): Promise<RunningApp> {
  const app = renderApp(path);
  await screen.findByRole('heading', { name: /Your roles/ });
  return app;
}

/** By attribute and not by role: working out what every element of fifty rows is called takes seconds. */
function shownRoles(): string[] {
  const buttons = document.querySelectorAll('button[aria-label^="Copy credentials of"]');
  return [...buttons].map((button) => / of (\S+) in /.exec(button.getAttribute('aria-label') ?? '')?.[1] ?? '');
}

async function copy({ user }: RunningApp, format: string): Promise<void> {
  await user.click(screen.getByRole('button', { name: 'Copy credentials of team/app-deployer in payments-test' }));
  await user.click(await screen.findByRole('menuitem', { name: new RegExp(`^${format}(?!.*read-only)`) }));
}

describe('the roles', () => {
  beforeEach(() => haveRoles());

  it('are grouped by account, with why somebody has them and a link to the console', async () => {
    await opened();
    expect(shownRoles()).toEqual(['auditor', 'team/app-deployer']);
    expect(screen.getByText('payments-prod')).toBeDefined();
    expect(screen.getAllByText('group:payments-engineers by tag consoleme-authorized')).toHaveLength(2);
    const link = screen.getByRole('link', { name: /as team\/app-deployer in payments-test/ });
    expect(link.getAttribute('href')).toBe(`/role/${ROLE_ARN}`);
    expect(link.getAttribute('target')).toBe('_blank');
    expect(document.title).toBe('Roles · ConsoleMe');
    await expectAccessible();
  });

  it('that are for the console only say so, and give no credentials to copy', async () => {
    haveRoles([eligibleRole({ name: 'auditor', console_only: true })]);
    await opened();
    expect(screen.getByText('Console only')).toBeDefined();
    expect(screen.getByRole('link', { name: /as auditor in payments-test/ })).toBeDefined();
    expect(shownRoles()).toEqual([]);
  });

  it('have a link to a console that only reads, with what else the console shall open with', async () => {
    const { user } = await opened('/?arn=auditor&r=eu-west-1');
    await user.click(screen.getByRole('button', { name: /More ways to open the AWS console as auditor/ }));
    const link = await screen.findByRole('menuitem', { name: /Console, read-only/ });
    expect(link.getAttribute('href')).toMatch(/^\/role\/arn:.*\/auditor\?r=eu-west-1&read_only=true$/);
    expect(link.getAttribute('target')).toBe('_blank');
  });

  it('are found by words, and a bracket is only a bracket', async () => {
    const { user } = await opened();
    const box = screen.getByRole('searchbox', { name: 'Search your roles' });
    await user.type(box, 'prod audit');
    await expect.poll(shownRoles).toEqual(['auditor']);
    await user.clear(box);
    await user.type(box, '(');
    expect(await screen.findByText('No role matches')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Show all of them' }));
    await expect.poll(shownRoles).toHaveLength(2);
  });

  it('for the command line only have no console button', async () => {
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'CLI only (1)' }));
    expect(shownRoles()).toEqual(['batch']);
    expect(screen.queryByRole('link', { name: /Open the AWS console/ })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'All (3)' }));
    expect(shownRoles()).toHaveLength(3);
  });

  it('are a list when somebody likes that better, also the next time', async () => {
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'List' }));
    expect(screen.getByRole('columnheader', { name: 'Account' })).toBeDefined();
    expect(localStorage.getItem('consoleme.roles-view')).toBe('"list"');
  });

  it('of a link are searched for, with the warning that it carries', async () => {
    await opened(`/?arn=auditor&r=eu-west-1&warningMessage=${encodeURIComponent(btoa('Several roles match.'))}`);
    expect(shownRoles()).toEqual(['auditor']);
    expect(screen.getByText('Several roles match.')).toBeDefined();
    expect(screen.getByRole('link', { name: /as auditor/ }).getAttribute('href')).toMatch(/\?r=eu-west-1$/);
  });

  it('that a link names are shown even when they are for the command line only', async () => {
    await opened('/?arn=batch');
    expect(shownRoles()).toEqual(['batch']);
  });

  it('say what their trust policy does not allow, and how to mend it', async () => {
    const statement = { Effect: 'Allow', Action: ['sts:SetSourceIdentity'] };
    haveRoles([eligibleRole({ source_identity: false, mending_statement: statement })]);
    const { user } = await opened();
    await user.click(screen.getByText('No SourceIdentity'));
    const hint = await screen.findByRole('dialog');
    expect(within(hint).getByText(/"sts:SetSourceIdentity"/)).toBeDefined();
    await user.click(within(hint).getByRole('button', { name: 'Copy statement' }));
    expect(JSON.parse(await navigator.clipboard.readText())).toEqual(statement);
  });

  it('are all reachable when there are many', async () => {
    haveRoles(
      Array.from({ length: 101 }, (_value, index) => eligibleRole({ name: `role-${String(index).padStart(3, '0')}` })),
    );
    localStorage.setItem('consoleme.roles-view', '"list"');
    const { user } = await opened();
    const seen = shownRoles();
    for (const page of [2, 3]) {
      await user.click(elementOf(createWrapper().findPagination()?.findPageNumberByIndex(page)));
      seen.push(...shownRoles());
    }
    expect(new Set(seen).size).toBe(101);
    expect(seen).toHaveLength(101);
  });
});

describe('somebody without a role', () => {
  it('is told how roles are granted', async () => {
    haveRoles([]);
    await opened();
    expect(screen.getByText('You have no roles yet')).toBeDefined();
    expect(screen.getByText(/in the group payments-engineers/)).toBeDefined();
    expect(screen.getByText(/Whom to ask: help@example.com/)).toBeDefined();
    await expectAccessible();
  });
});

describe('copying credentials', () => {
  it('asks for them at the click, puts them into the clipboard, and keeps nothing', async () => {
    const asked: unknown[] = [];
    server.use(
      http.post('/api/v1/get_credentials', async ({ request, response }) => {
        asked.push(await request.json());
        return response(200).json(credentials());
      }),
    );
    const app = await opened();
    expect(asked).toEqual([]);
    await copy(app, 'bash');
    expect(await screen.findByText(/are in your clipboard \(bash, zsh\)/)).toBeDefined();
    expect(await navigator.clipboard.readText()).toContain("export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'");
    expect(asked).toEqual([{ requested_role: ROLE_ARN, no_ip_restrictions: false, read_only: false }]);
    expect(screen.getByRole('timer').textContent).toMatch(/^(59:5\d|1:00:00)$/);

    const kept = JSON.stringify([
      app.client
        .getQueryCache()
        .getAll()
        .map(({ state }) => state.data),
      app.client
        .getMutationCache()
        .getAll()
        .map(({ state }) => state.data),
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      document.body.textContent,
    ]);
    expect(kept).not.toContain('cret/+');
    expect(kept).not.toContain('token==');
  });

  it('may ask for keys that only read, and tells what the service tells', async () => {
    const asked: unknown[] = [];
    server.use(
      http.post('/api/v1/get_credentials', async ({ request, response }) => {
        asked.push(await request.json());
        return response(200).json({ ...credentials(), notices: ['The session lasts an hour only.'] });
      }),
    );
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Copy credentials of team/app-deployer in payments-test' }));
    await user.click(await screen.findByRole('menuitem', { name: 'PowerShell, read-only' }));
    expect(await screen.findByText(/^Read-only credentials .* are in your clipboard \(PowerShell\)/)).toBeDefined();
    expect(screen.getByText(/The session lasts an hour only/)).toBeDefined();
    expect(asked).toEqual([{ requested_role: ROLE_ARN, no_ip_restrictions: false, read_only: true }]);
  });

  it('says when they have expired', async () => {
    server.use(
      http.post('/api/v1/get_credentials', ({ response }) => response(200).json(credentials({ Expiration: 1000 }))),
    );
    const app = await opened();
    await copy(app, 'PowerShell');
    expect(await screen.findByText('These keys have expired. Copy new ones.')).toBeDefined();
  });

  it('says why it was refused, with the number to ask about', async () => {
    server.use(
      http.post('/api/v1/get_credentials', ({ response }) =>
        response.untyped(refusal(403, 'AWS did not let us assume the role.', { status: 'error', code: '902' })),
      ),
    );
    const app = await opened();
    await copy(app, 'bash');
    expect(await screen.findByText(/AWS did not let us assume the role. \(request id req-1\)/)).toBeDefined();
  });

  it('shows them to be copied by hand when the browser refuses, and forgets them after', async () => {
    server.use(http.post('/api/v1/get_credentials', ({ response }) => response(200).json(credentials())));
    const app = await opened();
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('no', 'NotAllowedError'));
    await copy(app, 'bash');
    const dialog = await screen.findByRole('dialog', { name: /Credentials of team\/app-deployer/ });
    expect(within(dialog).getByRole<HTMLTextAreaElement>('textbox').value).toContain('ASIAEXAMPLE');
    await app.user.click(within(dialog).getByRole('button', { name: 'Done' }));
    expect(document.body.innerHTML).not.toContain('ASIAEXAMPLE');
  });

  it('needs no keys for a profile that fetches its own', async () => {
    const app = await opened();
    await copy(app, 'credential_process');
    expect(await screen.findByText(/is in your clipboard/)).toBeDefined();
    expect(await navigator.clipboard.readText()).toContain(`credential_process = weep credential_process ${ROLE_ARN}`);
  });
});

describe('when the roles cannot be loaded', () => {
  it('says so, and loads them at the next try', async () => {
    server.use(
      http.post('/api/v2/eligible_roles', ({ response }) => response.untyped(refusal(502, 'The table is away.')), {
        once: true,
      }),
    );
    const { user } = renderApp('/');
    expect(await screen.findByText('The table is away.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: /Your roles/ })).toBeDefined();
  });

  it('keeps the ones that are shown when a renewal fails, and tells it at the top', async () => {
    const { user } = await opened();
    server.use(
      http.post('/api/v2/eligible_roles', ({ response }) => response.untyped(refusal(502, 'The table is away.'))),
    );
    await user.click(screen.getByRole('button', { name: 'Load the roles again' }));
    expect(await screen.findByText(/The table is away/)).toBeDefined();
    expect(shownRoles()).toHaveLength(1);
  });
});
