import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Modification, NewRequest } from '@/api/types';
import { lookAgainAfter, type StateFilter } from '@/features/requests/lib/states';
import { answerOf, api } from '@/lib/api';

/** As many as the page asks for at once; it says so when there are more. */
export const MOST_REQUESTS = 1000;

export function requestsQuery(filter: StateFilter) {
  return queryOptions({
    queryKey: ['requests', 'table', filter.id],
    queryFn: () =>
      answerOf(() => api.POST('/api/v2/requests', { body: { limit: MOST_REQUESTS, filters: filter.filters } })),
    placeholderData: keepPreviousData,
  });
}

/** Followed while something is happening to it. */
export function requestQuery(requestId: string) {
  return queryOptions({
    queryKey: ['requests', 'one', requestId],
    queryFn: () =>
      answerOf(() => api.GET('/api/v2/requests/{request_id}', { params: { path: { request_id: requestId } } })),
    refetchInterval: (query) =>
      query.state.data === undefined ? false : lookAgainAfter(query.state.data.review.state),
    staleTime: 0,
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
