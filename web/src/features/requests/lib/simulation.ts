import type { Simulation } from '@/api/types';
import type { ChangeName } from '@/features/changes/lib/change-kinds';
import { type End, endFault, endsAt, NEVER } from '@/features/changes/lib/end';
import { parseArn } from '@/lib/arn';

/** A change that nobody asks for, to see what the rules would want. */
export interface Case {
  type: ChangeName;
  target: string;
  identity: string;
  requester: string;
  end: End;
  grave: boolean;
}

export type CaseFaults = Partial<Record<'target' | 'end', string>>;

export const CASE_TYPES: readonly ChangeName[] = [
  'inline_policy',
  'managed_policy',
  'permissions_boundary',
  'assume_role_policy',
  'resource_policy',
  'resource_tag',
  'role_access',
];

export const EMPTY_CASE: Case = {
  type: 'inline_policy',
  target: '',
  identity: '',
  requester: '',
  end: NEVER,
  grave: false,
};

export function caseFaults({ target, end }: Case, now: number): CaseFaults {
  const ended = endFault(end, now);
  return {
    ...(parseArn(target.trim()) === null ? { target: 'This is not an ARN.' } : {}),
    ...(ended === undefined ? {} : { end: ended }),
  };
}

export function toSimulation({ type, target, identity, requester, end, grave }: Case, now: number): Simulation {
  const who = identity.trim();
  return {
    ...(requester.trim() === '' ? {} : { requester: requester.trim() }),
    changes: [
      {
        change_type: type,
        target_arn: target.trim(),
        until: endsAt(end, now) ?? null,
        ...(type === 'role_access' && who !== '' ? { identity: who } : {}),
        findings: grave ? [{ rule: 'privilege_escalation', verdict: 'more_approval' }] : [],
      },
    ],
  };
}
