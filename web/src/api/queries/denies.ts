import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/lib/api';

export const deniesQuery = (arn: string) =>
  queryOptions({
    queryKey: ['denies', arn],
    queryFn: () => answerOf(() => api.GET('/api/v2/denies', { params: { query: { arn } } })),
    meta: { handled: true },
  });
