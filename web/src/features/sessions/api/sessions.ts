import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Answer } from '@/api/types';
import { answerOf, api } from '@/lib/api';

export type SessionItem = Answer<'/api/v2/sessions', 'get'>['sessions'][number];

/** Everybody's own; those of `user` for administrators. */
export function sessionsQuery(user: string | null) {
  return queryOptions({
    queryKey: ['sessions', user],
    queryFn: () =>
      user === null
        ? answerOf(() => api.GET('/api/v2/sessions'))
        : answerOf(() => api.GET('/api/v2/sessions/of/{user}', { params: { path: { user } } })),
    staleTime: 0,
  });
}

/** Which sessions are to end: one, all but the one that asks, or all. */
export type Ending = { kind: 'one'; session: SessionItem } | { kind: 'others' } | { kind: 'all' };

function end(user: string | null, ending: Ending) {
  if (ending.kind === 'one') {
    const session_id = ending.session.session_id;
    return user === null
      ? answerOf(() => api.DELETE('/api/v2/sessions/{session_id}', { params: { path: { session_id } } }))
      : answerOf(() =>
          api.DELETE('/api/v2/sessions/of/{user}/{session_id}', { params: { path: { user, session_id } } }),
        );
  }
  if (user !== null) return answerOf(() => api.DELETE('/api/v2/sessions/of/{user}', { params: { path: { user } } }));
  const keep_current = ending.kind === 'others';
  return answerOf(() => api.DELETE('/api/v2/sessions', { params: { query: { keep_current } } }));
}

export function useEndSessions(user: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ending: Ending) => end(user, ending),
    onSettled: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
}
