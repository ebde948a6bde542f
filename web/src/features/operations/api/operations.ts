import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Answer } from '@/api/types';
import { answerOf, api } from '@/lib/api';
import { showFlash } from '@/lib/flashes';

export type Operations = Answer<'/api/v2/operations', 'get'>;
export type Task = Operations['tasks'][number];
export type Queue = Operations['queues'][number];
export type Kind = Operations['kinds'][number];
export type Scope = Answer<'/api/v2/operations/scopes', 'get'>['scopes'][number];
export type ScopeState = Scope['state'];

export interface ScopeFilter {
  kind: string;
  state: ScopeState | '';
  account: string;
}

const KEY = ['operations'];
const PAGE = 50;

/** Followed closely while a task runs; the heartbeat has a minute, so the page looks twice in one. */
export const operationsQuery = queryOptions({
  queryKey: [...KEY, 'tasks'],
  queryFn: () => answerOf(() => api.GET('/api/v2/operations')),
  refetchInterval: ({ state }) => (state.data?.tasks.some((task) => task.state === 'running') === true ? 2000 : 30_000),
});

export function scopesQuery({ kind, state, account }: ScopeFilter) {
  return infiniteQueryOptions({
    queryKey: [...KEY, 'scopes', kind, state, account],
    initialPageParam: '',
    queryFn: ({ pageParam: after }) => {
      const query = { kind, account, after, limit: PAGE, ...(state === '' ? {} : { state }) };
      return answerOf(() => api.GET('/api/v2/operations/scopes', { params: { query } }));
    },
    getNextPageParam: (last) => last.next,
  });
}

/** Starts a task. What it does is seen in its row. */
export function useRunTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (task: string) => answerOf(() => api.POST('/api/v2/operations/tasks', { body: { task } })),
    onSuccess: ({ task }) =>
      showFlash({ id: `run:${task}`, type: 'success', content: `${task} was started. Its row says how it ends.` }),
    onSettled: () => client.invalidateQueries({ queryKey: operationsQuery.queryKey }),
  });
}

export function useRefreshAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ account_id, kind }: Scope) =>
      answerOf(() => api.POST('/api/v2/operations/accounts', { body: { account_id, types: [kind] } })),
    onSuccess: (_, { account_id, account_name, kind }) =>
      showFlash({
        id: `refresh:${account_id}:${kind}`,
        type: 'success',
        content: `A refresh of ${kind} in ${account_name || account_id} was started. Look again in a moment.`,
      }),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
