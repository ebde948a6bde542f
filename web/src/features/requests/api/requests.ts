import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import type { Modification, NewRequest, Simulation } from '@/api/types';
import { lookAgainAfter } from '@/features/requests/lib/states';
import { questionOf, type TableView } from '@/features/requests/lib/table-view';
import { answerOf, api } from '@/lib/api';
import { nowSeconds } from '@/lib/times';

/** Page after page, newest first; the first one also counts. While another view is on its way, the last one stays. */
export function requestsQuery(view: TableView) {
  const question = questionOf(view);
  return infiniteQueryOptions({
    queryKey: ['requests', 'table', question],
    queryFn: ({ pageParam: cursor, signal }) =>
      answerOf(() =>
        api.POST('/api/v2/requests', {
          body: cursor === null ? question : { ...question, cursor, count: false },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    select: ({ pages }) => ({
      rows: pages.flatMap(({ data }) => data),
      matching: pages[0]?.matchingCount ?? null,
      tabs: pages[0]?.tabs ?? null,
      more: (pages.at(-1)?.cursor ?? null) !== null,
    }),
    placeholderData: keepPreviousData,
    meta: { handled: true },
  });
}

/** Followed while something is happening to it. */
export function requestQuery(requestId: string) {
  return queryOptions({
    queryKey: ['requests', 'one', requestId],
    queryFn: () =>
      answerOf(() => api.GET('/api/v2/requests/{request_id}', { params: { path: { request_id: requestId } } })),
    refetchInterval: (query) =>
      query.state.data === undefined ? false : lookAgainAfter(query.state.data.review, nowSeconds()),
    staleTime: 0,
  });
}

/** Two revisions never change; only which of them is the present one does. */
export function comparedQuery(requestId: string, older: number, newer: number) {
  return queryOptions({
    queryKey: ['requests', 'compared', requestId, older, newer],
    queryFn: () =>
      answerOf(() =>
        api.GET('/api/v2/requests/{request_id}/revisions', {
          params: { path: { request_id: requestId }, query: { older, newer } },
        }),
      ),
    meta: { handled: true },
  });
}

/** What the approval rules would want; nothing is stored. */
export function useSimulation() {
  return useMutation({
    mutationFn: (body: Simulation) => answerOf(() => api.POST('/api/v2/approval_rules/simulate', { body })),
    meta: { handled: true },
  });
}

export function useModifyRequest(requestId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (model: Modification) =>
      answerOf(() =>
        api.PUT('/api/v2/requests/{request_id}', {
          params: { path: { request_id: requestId } },
          body: { modification_model: model },
        }),
      ),
    meta: { handled: true },
    // Whatever came of it, what is shown next is what the service has.
    onSettled: () => client.invalidateQueries({ queryKey: ['requests'] }),
  });
}

/** What the request would be; nothing is stored. */
export function usePreviewRequest() {
  return useMutation({
    mutationFn: (body: NewRequest) => answerOf(() => api.POST('/api/v2/request', { body: { ...body, dry_run: true } })),
    meta: { handled: true },
  });
}

export interface Submission {
  body: NewRequest;
  /** The same key is the same request, however often it is sent. */
  key: string;
}

export function useCreateRequest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: Submission) =>
      answerOf(() => api.POST('/api/v2/request', { body, headers: { 'Idempotency-Key': key } })),
    meta: { handled: true },
    onSuccess: () => client.invalidateQueries({ queryKey: ['requests', 'table'] }),
  });
}
