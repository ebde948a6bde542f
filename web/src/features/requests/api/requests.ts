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
import { ownPath, webAddress } from '@/lib/urls';

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

function modify(requestId: string, model: Modification) {
  return answerOf(() =>
    api.PUT('/api/v2/requests/{request_id}', {
      params: { path: { request_id: requestId } },
      body: { modification_model: model },
    }),
  );
}

export function useModifyRequest(requestId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (model: Modification) => modify(requestId, model),
    meta: { handled: true },
    // Whatever came of it, what is shown next is what the service has.
    onSettled: () => client.invalidateQueries({ queryKey: ['requests'] }),
  });
}

/** Nothing is left of it: its page is not asked for again. */
export function useDiscardDraft(requestId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => modify(requestId, { command: 'cancel_request' }),
    meta: { handled: true },
    onSuccess: () => client.invalidateQueries({ queryKey: ['requests', 'table'] }),
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
  /** Kept by the service for its author alone, or sent to those who decide. */
  aim: 'keep' | 'send';
}

async function create({ body, key, aim }: Submission): Promise<string> {
  const wanted = aim === 'keep' ? { ...body, draft: true } : body;
  const answer = await answerOf(() =>
    api.POST('/api/v2/request', { body: wanted, headers: { 'Idempotency-Key': key } }),
  );
  const link = webAddress(answer.request_url);
  return (link === null ? null : ownPath(link)) ?? '/requests';
}

async function fill(requestId: string, { body, aim }: Submission): Promise<string> {
  const { changes, justification, on_failure = 'keep' } = body;
  await modify(requestId, { command: 'update_change', changes, justification, on_failure });
  if (aim === 'send') await modify(requestId, { command: 'submit_draft' });
  return `/policies/request/${requestId}`;
}

/** Answers the path of the request: a new one, or the draft that was filled in anew. */
export function useSubmission(draftId: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (submission: Submission) => (draftId === null ? create(submission) : fill(draftId, submission)),
    meta: { handled: true },
    onSuccess() {
      // Whoever filled it in is shown what they made of it, not what it was before.
      if (draftId !== null) client.removeQueries({ queryKey: ['requests', 'one', draftId] });
      void client.invalidateQueries({ queryKey: ['requests', 'table'] });
    },
  });
}
