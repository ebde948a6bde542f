import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import type { UserProfile } from '@/api/types';
import { answerOf, api } from '@/lib/api';

export const userProfileQuery = queryOptions({
  queryKey: ['user-profile'],
  queryFn: () => answerOf(() => api.GET('/api/v2/user_profile')),
  staleTime: 5 * 60_000,
});

/** Below the sign-in gate the profile is always there. */
export function useProfile(): UserProfile {
  return useSuspenseQuery(userProfileQuery).data;
}
