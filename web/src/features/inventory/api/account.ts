import { queryOptions } from '@tanstack/react-query';
import type { Answer } from '@/api/types';
import { answerOf, api } from '@/lib/api';

export type AccountPageData = Answer<'/api/v2/accounts/{account_id}', 'get'>;
export type Place = AccountPageData['scopes'][number];
export type ControlPolicy = Answer<'/api/v2/service_control_policies/{target}', 'get'>['data'][number];

export const accountQuery = (accountId: string) =>
  queryOptions({
    queryKey: ['accounts', accountId],
    queryFn: () =>
      answerOf(() => api.GET('/api/v2/accounts/{account_id}', { params: { path: { account_id: accountId } } })),
  });

export const controlPoliciesQuery = (target: string) =>
  queryOptions({
    queryKey: ['service-control-policies', target],
    queryFn: () =>
      answerOf(() => api.GET('/api/v2/service_control_policies/{target}', { params: { path: { target } } })),
    // What was never read, and an account that is not in an organisation, are said in the panel itself.
    meta: { handled: true },
  });
