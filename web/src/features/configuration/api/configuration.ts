import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Answer, Asked } from '@/api/types';
import { answerOf, api } from '@/lib/api';

export type CurrentConfiguration = Answer<'/api/v2/dynamic_config', 'get'>;
export type Preview = Answer<'/api/v2/dynamic_config/preview', 'post'>;
export type Saved = Answer<'/api/v2/dynamic_config', 'post'>;
export type Version = Answer<'/api/v2/dynamic_config/versions', 'get'>['versions'][number];
export type SaveWish = Asked<'/api/v2/dynamic_config', 'post'>;
export type RollbackWish = Asked<'/api/v2/dynamic_config/rollback', 'post'>;

const PAGE = 20;

/** Looked at again whenever the reader comes back, because somebody else may have saved, and while a save is followed up. */
export const configurationQuery = queryOptions({
  queryKey: ['configuration', 'current'],
  queryFn: () => answerOf(() => api.GET('/api/v2/dynamic_config')),
  staleTime: 0,
  refetchInterval: (query) => (query.state.data?.applied === false ? 5000 : false),
});

export const historyQuery = infiniteQueryOptions({
  queryKey: ['configuration', 'history'],
  queryFn: ({ pageParam }) =>
    answerOf(() =>
      api.GET('/api/v2/dynamic_config/versions', {
        params: { query: { limit: PAGE, ...(pageParam === null ? {} : { before: pageParam }) } },
      }),
    ),
  initialPageParam: null as number | null,
  getNextPageParam: ({ next }) => next,
});

/** A version is never changed, so it is asked for once. */
export function versionQuery(number: number) {
  return queryOptions({
    queryKey: ['configuration', 'version', number],
    queryFn: () =>
      answerOf(() =>
        api.GET('/api/v2/dynamic_config/versions/{number}', { params: { path: { number: String(number) } } }),
      ),
    staleTime: Infinity,
  });
}

function askPreview(text: string) {
  return answerOf(() => api.POST('/api/v2/dynamic_config/preview', { body: { new_config: text } }));
}

/** What a save would do; nothing is stored. */
export function usePreview() {
  return useMutation({ mutationFn: askPreview, meta: { handled: true } });
}

/** The same for a text that is not being written; `inForce` is the hash of what it would replace. */
export function previewQuery(text: string, inForce: string) {
  return queryOptions({
    queryKey: ['configuration', 'preview', inForce, text],
    queryFn: () => askPreview(text),
    meta: { handled: true },
  });
}

/** What a save made is what is in force; whatever came of it, the rest is read again: a permission may have changed, too. */
function useReading() {
  const client = useQueryClient();
  return {
    onSuccess(saved: Saved) {
      client.setQueryData(configurationQuery.queryKey, (before) =>
        before === undefined
          ? undefined
          : {
              ...before,
              dynamicConfig: saved.newConfig,
              sha256: saved.newsha56,
              version: saved.version,
              applied: saved.applied,
            },
      );
    },
    async onSettled() {
      await client.invalidateQueries({ queryKey: ['configuration'] });
      await client.invalidateQueries({ queryKey: ['user-profile'] });
    },
  };
}

export function useSave() {
  return useMutation({
    mutationFn: (wish: SaveWish) => answerOf(() => api.POST('/api/v2/dynamic_config', { body: wish })),
    meta: { handled: true },
    ...useReading(),
  });
}

export function useRollback() {
  return useMutation({
    mutationFn: (wish: RollbackWish) => answerOf(() => api.POST('/api/v2/dynamic_config/rollback', { body: wish })),
    meta: { handled: true },
    ...useReading(),
  });
}
