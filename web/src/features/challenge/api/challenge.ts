import { queryOptions, useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/lib/api';

/** Read once: what is on the screen must not change under the eyes of whoever decides about it. */
export function challengeQuery(token: string) {
  return queryOptions({
    queryKey: ['challenge', token],
    queryFn: () => answerOf(() => api.GET('/api/v2/challenge_validator/{token}', { params: { path: { token } } })),
    staleTime: Infinity,
    gcTime: Infinity,
    retry: false,
    refetchOnMount: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export interface ChallengeAnswer {
  nonce: string;
  approve: boolean;
}

export function useAnswerChallenge(token: string) {
  return useMutation({
    mutationFn: (body: ChallengeAnswer) =>
      answerOf(() => api.POST('/api/v2/challenge_validator/{token}', { params: { path: { token } }, body })),
    meta: { handled: true },
  });
}
