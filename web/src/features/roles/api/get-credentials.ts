import type { CredentialsAnswer } from '@/api/types';
import { answerOf, api } from '@/lib/api';

/** A plain call on purpose: a query or mutation cache would keep the keys in memory. */
export async function getCredentials(arn: string, { readOnly }: { readOnly: boolean }): Promise<CredentialsAnswer> {
  const body = { requested_role: arn, no_ip_restrictions: false, read_only: readOnly };
  return answerOf(() => api.POST('/api/v1/get_credentials', { body }));
}
