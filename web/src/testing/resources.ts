import type { Answer } from '@/api/types';

export type RoleBody = Answer<'/api/v2/roles/{account_id}/{role}', 'get'>;
export type UserBody = Answer<'/api/v2/users/{account_id}/{user}', 'get'>;
export type ResourceBody = Answer<'/api/v2/resources/{account_id}/{kind}/{rest}', 'get'>;
export type HistoryBody = Answer<'/api/v2/resource_history', 'get'>;

const AGE = { observed_at: 1_800_000_000, refreshed_at: 1_800_003_600, read_at: null, warning: null };
const CLOSED = { public: false, outsiders: [], denies: false, unreadable: [] };
export const DOCUMENT = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::invoices/*' }],
};

const IDENTITY = {
  account_id: '111122223333',
  account_name: 'payments-test',
  inline_policies: [{ PolicyName: 'own', PolicyDocument: DOCUMENT }],
  managed_policies: [],
  permissions_boundary: {},
  tags: [{ Key: 'owner', Value: 'team@example.com' }],
  config_timeline_url: '/role/111122223333?redirect=https%3A%2F%2Fexample',
  created_time: '2026-01-02T03:04:05Z',
  last_used_time: null,
  description: 'Deploys the application',
  owner: 'team@example.com',
  console_url: '/role/111122223333?redirect=https%3A%2F%2Fconsole',
  observed_at: 1_800_000_000,
  age: AGE,
  notes: [],
};

export function roleBody(part: Partial<RoleBody> = {}): RoleBody {
  return {
    ...IDENTITY,
    name: 'app-deployer',
    arn: 'arn:aws:iam::111122223333:role/team/app-deployer',
    assume_role_policy_document: DOCUMENT,
    max_session_duration: 43_200,
    instance_profiles: [],
    last_used_region: null,
    trust: { source_identity: true, session_tags: true, mending_statement: null },
    exposure: CLOSED,
    authorized: [
      {
        identity: 'group:payments-engineers',
        cli_only: false,
        reason: 'tag consoleme-authorized',
        use: 'both',
        until: null,
        counts: true,
        because: 'it counts',
      },
    ],
    ...part,
  };
}

export function userBody(part: Partial<UserBody> = {}): UserBody {
  return {
    ...IDENTITY,
    name: 'robot',
    arn: 'arn:aws:iam::111122223333:user/ci/robot',
    assume_role_policy_document: null,
    groups: ['builders'],
    ...part,
  };
}

export function resourceBody(part: Partial<ResourceBody> = {}): ResourceBody {
  return {
    arn: 'arn:aws:sqs:us-east-1:111122223333:jobs',
    name: 'jobs',
    technology: 'AWS::SQS::Queue',
    account_id: '111122223333',
    account_name: 'payments-test',
    resource_details: {
      Policy: DOCUMENT,
      TagSet: [{ Key: 'team', Value: 'pay' }],
      QueueUrl: 'https://sqs.example/jobs',
      created_time: '2026-01-02T03:04:05Z',
    },
    can_save_delete: [false],
    config_timeline_url: null,
    owner: null,
    console_url: null,
    observed_at: 1_800_000_000,
    age: AGE,
    refused: [],
    exposure: CLOSED,
    versions: [],
    notes: [],
    ...part,
  };
}

export function historyBody(part: Partial<HistoryBody> = {}): HistoryBody {
  return {
    arn: 'arn:aws:iam::111122223333:role/team/app-deployer',
    account_id: '111122223333',
    versions: [
      { id: '2-b', at: 1_800_000_500, who: 'mallory@example.com', gone: false, changed: ['inline_policies', 'tags'] },
      { id: '1-a', at: 1_800_000_000, who: null, gone: false, changed: [] },
    ],
    difference: null,
    ...part,
  };
}
