import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { PolicyKind } from '@/api/types';
import { answerOf, api } from '@/lib/api';

export interface PolicyInQuestion {
  text: string;
  kind: PolicyKind;
  /** Of the principal or resource that would have it; empty while nobody knows. */
  arn: string;
  /** Of the inline policy that it replaces; empty for none. */
  name: string;
}

/** What linters and guardrails say of a policy. While a longer text is judged, what was said of the last one stays. */
export const policyRemarksQuery = ({ text, kind, arn, name }: PolicyInQuestion) =>
  queryOptions({
    queryKey: ['policy-remarks', kind, arn, name, text],
    queryFn: ({ signal }) =>
      answerOf(() =>
        api.POST('/api/v2/policies/check', {
          params: { query: { kind, ...(arn !== '' && { arn }), ...(name !== '' && { name }) } },
          body: text,
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
    meta: { handled: true },
  });
