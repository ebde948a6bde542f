import type { Answer, RequestDetail, RequestRow, Review, ReviewChange } from '@/api/types';
import { ROLE_ARN } from '@/testing/data';

export const REQUEST_ID = '6f0e1c2a-5d3b-5e8f-9a10-0123456789ab';

const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::invoices/*'] }],
};

export function reviewChange(part: Partial<ReviewChange> = {}): ReviewChange {
  return {
    id: `${REQUEST_ID}0`,
    change_type: 'inline_policy',
    target_arn: ROLE_ARN,
    title: 'Add inline policy read-invoices',
    wish: { policy_name: 'read-invoices' },
    before: null,
    after: POLICY,
    status: 'proposed',
    error: null,
    until: null,
    ends_at: null,
    ended_at: null,
    taken: false,
    taken_content: null,
    continues: false,
    ...part,
  };
}

export type Stage = Review['approval']['stages'][number];

export function stage(part: Partial<Stage> = {}): Stage {
  return {
    rule: 'administrators',
    reason: 'No approval rule is about this.',
    change_ids: [`${REQUEST_ID}0`],
    approvers: ['administrators'],
    count: 1,
    approved_by: [],
    open: true,
    complete: false,
    stage: 1,
    ...part,
  };
}

export function review(part: Partial<Review> = {}): Review {
  return {
    state: 'pending',
    revision: 1,
    revision_hash: 'hash-of-revision-1',
    requester: 'bea@example.com',
    principal_arn: ROLE_ARN,
    justification: 'The nightly export reads invoices.',
    created_at: 1_800_000_000,
    decide_by: 1_800_600_000,
    on_failure: 'keep',
    extends: null,
    allowed_actions: ['add_comment', 'approve_request', 'reject_request', 'cancel_request', 'update_change'],
    refusals: {},
    changes: [reviewChange()],
    findings: [],
    approval: { approved: false, reason: 'One approval is missing.', stages: [stage()], rulings: [] },
    ends: [],
    revisions: [
      {
        number: 1,
        author: 'bea@example.com',
        created_at: 1_800_000_000,
        current: true,
        changes: ['Add inline policy read-invoices'],
      },
    ],
    comments: [],
    timeline: [{ at: 1_800_000_000, actor: 'bea@example.com', kind: 'created', text: 'Request submitted' }],
    failure: null,
    ...part,
  };
}

export function requestDetail(part: Partial<Review> = {}): RequestDetail {
  return {
    request: '{}',
    last_updated: 1_800_000_000,
    request_config: { can_approve_reject: true, can_update_cancel: true },
    review: review(part),
  };
}

type ExtendedRequest = RequestRow['extended_request'];

export function extendedRequest(part: Partial<ExtendedRequest> = {}): ExtendedRequest {
  return {
    id: REQUEST_ID,
    principal: { principal_arn: ROLE_ARN },
    timestamp: '2026-11-22T10:15:43+00:00',
    justification: 'The nightly export reads invoices.',
    requester_email: 'bea@example.com',
    request_status: 'pending',
    arn_url: '/policies/edit/111122223333/iamrole/team/app-deployer',
    admin_auto_approve: false,
    changes: { changes: [] },
    requester_info: { email: 'bea@example.com', extended_info: {} },
    reviewer: null,
    comments: [],
    ...part,
  };
}

export function requestRow(part: Partial<RequestRow> = {}): RequestRow {
  return {
    request_id: REQUEST_ID,
    principal: { principal_arn: ROLE_ARN },
    arn: ROLE_ARN,
    status: 'pending',
    state: 'pending',
    title: 'Add inline policy read-invoices',
    until: null,
    justification: 'The nightly export reads invoices.',
    request_time: 1_800_000_000,
    last_updated: 1_800_000_000,
    username: 'bea@example.com',
    extended_request: extendedRequest(),
    ...part,
  };
}

type Table = Answer<'/api/v2/requests', 'post'>;

export function requestTable(rows: RequestRow[], part: Partial<Table> = {}): Table {
  return {
    totalCount: 3,
    filteredCount: rows.length,
    matchingCount: rows.length === 0 ? 0 : 3,
    tabs: { all: 3, mine: 0, review: 1 },
    cursor: null,
    data: rows,
    ...part,
  };
}
