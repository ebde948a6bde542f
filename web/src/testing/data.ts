import type {
  Account,
  Answer,
  Credentials,
  CredentialsAnswer,
  EligibleRole,
  FoundResource,
  RefreshRun,
  ResourcePage,
  UserProfile,
} from '@/api/types';

export const ROLE_ARN = 'arn:aws:iam::111122223333:role/team/app-deployer';

export function profile(part: Partial<UserProfile> = {}): UserProfile {
  return {
    user: 'ana@example.com',
    groups: ['payments-engineers'],
    can_logout: true,
    accounts: { '111122223333': 'payments-test', '444455556666': 'payments-prod' },
    authorization: { can_admin: false, can_edit_policies: false },
    scopes: [],
    pages: {},
    site_config: { laptop: false, support_contact: 'help@example.com' },
    ...part,
  };
}

export function administrator(): UserProfile {
  return profile({ user: 'ada@example.com', authorization: { can_admin: true, can_edit_policies: true } });
}

export function eligibleRole(part: Partial<EligibleRole> & { name?: string } = {}): EligibleRole {
  const { name = 'team/app-deployer', ...rest } = part;
  const account = rest.account_id ?? '111122223333';
  const arn = rest.arn ?? `arn:aws:iam::${account}:role/${name}`;
  return {
    arn,
    account_name: 'payments-test',
    account_id: account,
    role_name: `[${name}](/policies/edit/${account}/iamrole/${name})`,
    redirect_uri: `/role/${arn}`,
    cli_only: false,
    console_only: false,
    reasons: ['group:payments-engineers by tag consoleme-authorized'],
    whys: [{ identity: 'group:payments-engineers', source: 'tag consoleme-authorized', use: 'both', until: null }],
    ends_at: null,
    source_identity: true,
    session_tags: true,
    mending_statement: null,
    ...rest,
  };
}

export function credentials(part: Partial<Credentials> = {}): CredentialsAnswer {
  return {
    notices: [],
    Credentials: {
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: "se'cret/+",
      SessionToken: 'token==',
      Expiration: Math.floor(Date.now() / 1000) + 3600,
      RoleArn: ROLE_ARN,
      ...part,
    },
  };
}

export function account(part: Partial<Account> = {}): Account {
  return {
    account_id: '111122223333',
    name: 'payments-test',
    aliases: [],
    environment: 'test',
    owner: null,
    ou_path: 'Workloads/Test',
    organization_id: null,
    status: 'ACTIVE',
    standing: 'ok',
    spoke: { health: 'ok', reason: null, checked_at: 1_800_000_000 },
    last_success: 1_800_000_000,
    last_error: null,
    last_error_at: null,
    scopes: 2,
    fresh: 2,
    troubles: [],
    ...part,
  };
}

export function accounts(): Answer<'/api/v2/accounts', 'get'> {
  const reason = 'AWS refused to assume the spoke role.';
  return {
    accounts: [
      account(),
      account({
        account_id: '444455556666',
        name: 'payments-prod',
        environment: 'prod',
        ou_path: 'Workloads/Prod',
        standing: 'unreached',
        spoke: { health: 'missing', reason, checked_at: 1_800_000_000 },
        last_success: null,
        last_error: reason,
        last_error_at: 1_800_000_000,
        fresh: 0,
        troubles: [
          {
            kind: 'sqs_queue',
            region: 'eu-west-1',
            freshness: 'never',
            reason: 'It was never listed.',
            succeeded_at: null,
            failed_at: null,
            held: false,
          },
        ],
      }),
    ],
  };
}

export function refreshRun(part: Partial<RefreshRun> = {}): RefreshRun {
  return {
    run_id: 'run-1',
    status: 'succeeded',
    started_at: 1_800_000_000,
    finished_at: 1_800_000_060,
    warning: null,
    error: null,
    accounts: {
      '111122223333': {
        status: 'succeeded',
        roles: 12,
        resources: 12,
        scopes: 1,
        failures: {},
        written: 3,
        removed: 1,
        warning: null,
        error: null,
      },
    },
    ...part,
  };
}

export function foundResource(part: Partial<FoundResource> & { name: string }): FoundResource {
  const { name } = part;
  return {
    arn: `arn:aws:s3:::${name}`,
    account_id: '111122223333',
    account_name: 'payments-test',
    technology: 'AWS::S3::Bucket',
    templated: null,
    errors: 0,
    config_history_url: null,
    region: 'eu-west-1',
    owner: 'team@example.com',
    url: `/policies/edit/111122223333/s3/${name}`,
    tags: '',
    observed_at: 1_800_000_000,
    ...part,
  };
}

export function resourcePage(rows: FoundResource[], part: Partial<ResourcePage> = {}): ResourcePage {
  return { rows, total: rows.length, matching: rows.length, as_of: 1_800_000_000, after: null, ...part };
}
