import { linkedDraft } from '@/features/changes/lib/draft-link';
import { type ChangeDraft, emptyDraft } from '@/features/changes/lib/drafts';
import { decodeMessage } from '@/lib/link-text';

export interface Prefilled {
  linked: ChangeDraft | null;
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

/** A page of ours sends along what is too long for an address. */
function besideText(state: unknown): string | null {
  const policy = isRecord(state) ? state['policy'] : null;
  return typeof policy === 'string' ? policy : null;
}

/** What a link asks for: `encoded_request` is base64 of `{role, updated_policy}`. It fills in a form and proves nothing. */
export function prefilled(params: URLSearchParams, beside: unknown = null): Prefilled {
  const encoded = params.get('encoded_request');
  const linked = linkedDraft(params, besideText(beside));
  if (encoded === null) return { linked, fault: null };
  const wanted = parsed(decodeMessage(encoded));
  const policy = isRecord(wanted) ? parsed(wanted['updated_policy']) : null;
  if (!isRecord(wanted) || !isRecord(policy))
    return { linked, fault: 'The link that brought you here carries a policy that cannot be read.' };
  const role = typeof wanted['role'] === 'string' ? wanted['role'] : (linked?.arn ?? '');
  return { linked: emptyDraft({ arn: role, policy: `${JSON.stringify(policy, null, 2)}\n` }), fault: null };
}
