import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { RefreshRun } from '@/api/types';
import { answerOf, api } from '@/lib/api';

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: () => answerOf(() => api.GET('/api/v2/accounts')),
});

export function isRunning(run: RefreshRun): boolean {
  return run.finished_at === null;
}

/** Followed closely while one of them is under way. */
export const refreshesQuery = queryOptions({
  queryKey: ['refreshes'],
  queryFn: () => answerOf(() => api.GET('/api/v2/refreshes')),
  refetchInterval: (query) => (query.state.data?.runs.some(isRunning) === true ? 1500 : false),
  meta: { handled: true },
});

export function useStartRefresh() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (accounts: string[] | null) => answerOf(() => api.POST('/api/v2/refreshes', { body: { accounts } })),
    onSettled: () => client.invalidateQueries({ queryKey: refreshesQuery.queryKey }),
  });
}
