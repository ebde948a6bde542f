import type { NewRequest, RequestCreated } from '@/api/types';
import { isRoleArn } from '@/lib/arn';
import { describeFault, parsePolicy } from '@/lib/policy-json';

export interface RequestDraft {
  arn: string;
  policyName: string;
  replaces: boolean;
  policy: string;
  justification: string;
}

export type DraftFaults = Partial<Record<keyof RequestDraft, string>>;

export const EXAMPLE_POLICY = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject"
      ],
      "Resource": [
        "arn:aws:s3:::example-bucket/*"
      ]
    }
  ]
}
`;

const POLICY_NAME = /^[\w+=,.@-]{1,128}$/;

function nameFault({ policyName, replaces }: RequestDraft): string | undefined {
  const name = policyName.trim();
  if (name === '') return replaces ? 'Name the policy that is to be replaced.' : undefined;
  return POLICY_NAME.test(name) ? undefined : 'Up to 128 letters, digits and _ + = , . @ - are allowed.';
}

function arnFault(arn: string): string | undefined {
  if (arn.trim() === '') return 'Say which role needs the permission.';
  return isRoleArn(arn.trim())
    ? undefined
    : 'This is not the ARN of a role. It looks like arn:aws:iam::111122223333:role/name.';
}

/** What can be told without the service; the service has the last word. */
export function draftFaults(draft: RequestDraft): DraftFaults {
  const policy = parsePolicy(draft.policy);
  const faults: [keyof RequestDraft, string | undefined][] = [
    ['arn', arnFault(draft.arn)],
    ['policyName', nameFault(draft)],
    ['policy', policy.ok ? undefined : describeFault(policy.fault)],
    ['justification', draft.justification.trim() === '' ? 'Tell the reviewer what you need it for.' : undefined],
  ];
  return Object.fromEntries(faults.filter(([, fault]) => fault !== undefined));
}

export function toNewRequest(draft: RequestDraft): NewRequest {
  const policy = parsePolicy(draft.policy);
  const name = draft.policyName.trim();
  return {
    justification: draft.justification.trim(),
    changes: {
      changes: [
        {
          principal: { principal_type: 'AwsResource', principal_arn: draft.arn.trim() },
          change_type: 'inline_policy',
          action: 'attach',
          new: !draft.replaces,
          ...(name === '' ? {} : { policy_name: name }),
          policy: { policy_document: policy.ok ? policy.document : {} },
        },
      ],
    },
  };
}

export interface PreviewedChange {
  id: string;
  policyName: string | null;
  before: unknown;
  after: unknown;
}

function documentOf(policy: Readonly<Record<string, unknown>> | null | undefined): unknown {
  return policy?.['policy_document'] ?? null;
}

export function previewedChanges(answer: RequestCreated): PreviewedChange[] {
  return (answer.extended_request?.changes.changes ?? []).map((change) => ({
    id: change.id,
    policyName: change.policy_name ?? null,
    before: documentOf(change.old_policy),
    after: documentOf(change.policy),
  }));
}
