import { EXAMPLE_POLICY } from '@/features/requests/lib/new-request';
import { decodeMessage } from '@/lib/link-text';

export interface Prefilled {
  arn: string;
  policy: string;
  /** Why the link's policy is not shown. */
  fault: string | null;
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a link asks for: `encoded_request` is base64 of `{role, updated_policy}`. It fills in a form and proves nothing. */
export function prefilled(params: URLSearchParams): Prefilled {
  const encoded = params.get('encoded_request');
  const arn = params.get('arn') ?? '';
  if (encoded === null) return { arn, policy: EXAMPLE_POLICY, fault: null };
  const wanted = parsed(decodeMessage(encoded));
  const policy = isRecord(wanted) ? parsed(wanted['updated_policy']) : null;
  if (!isRecord(wanted) || !isRecord(policy))
    return {
      arn,
      policy: EXAMPLE_POLICY,
      fault: 'The link that brought you here carries a policy that cannot be read.',
    };
  const role = typeof wanted['role'] === 'string' ? wanted['role'] : arn;
  return { arn: role, policy: `${JSON.stringify(policy, null, 2)}\n`, fault: null };
}
