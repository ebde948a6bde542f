import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Answer } from '@/api/types';
import { answerOf, api } from '@/lib/api';

export type CheckResult = Answer<'/api/v2/checks', 'get'>['checks'][number];

/** Asked anew each time: a check that stands from before says nothing. */
export const checksQuery = queryOptions({
  queryKey: ['checks'],
  queryFn: () => answerOf(() => api.GET('/api/v2/checks')),
  staleTime: 0,
  refetchOnWindowFocus: false,
});

export const spokesQuery = infiniteQueryOptions({
  queryKey: ['checks', 'spokes'],
  initialPageParam: '',
  queryFn: ({ pageParam }) =>
    answerOf(() => api.GET('/api/v2/checks/spokes', { params: { query: { after: pageParam } } })),
  getNextPageParam: (last) => last.next,
  staleTime: 0,
  refetchOnWindowFocus: false,
});
