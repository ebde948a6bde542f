import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Preferences } from '@/api/types';
import { answerOf, api } from '@/lib/api';

export const preferencesQuery = queryOptions({
  queryKey: ['preferences'],
  queryFn: () => answerOf(() => api.GET('/api/v2/notifications/preferences')),
});

export function useSavePreferences() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Preferences) => answerOf(() => api.PUT('/api/v2/notifications/preferences', { body })),
    meta: { handled: true },
    onSuccess: (shown) => client.setQueryData(preferencesQuery.queryKey, shown),
  });
}

export function useUnlinkSlack() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(() => api.DELETE('/api/v2/slack/links')),
    meta: { handled: true },
    onSuccess: () => client.invalidateQueries({ queryKey: preferencesQuery.queryKey }),
  });
}

/** Whose account it is. Asked once: a ticket is good for a quarter of an hour. */
export function slackOfferQuery(ticket: string) {
  return queryOptions({
    queryKey: ['slack-offer', ticket],
    queryFn: () => answerOf(() => api.POST('/api/v2/slack/links/look', { body: { ticket } })),
    staleTime: Infinity,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export function useLinkSlack(ticket: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(() => api.POST('/api/v2/slack/links', { body: { ticket } })),
    meta: { handled: true },
    onSuccess: () => client.invalidateQueries({ queryKey: preferencesQuery.queryKey }),
  });
}
