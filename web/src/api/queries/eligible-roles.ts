import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/lib/api';

/** Every role the person may use, those for the command line too; each row says which it is. */
export const eligibleRolesQuery = queryOptions({
  queryKey: ['eligible-roles'],
  queryFn: () => answerOf(() => api.POST('/api/v2/eligible_roles', { body: { include_cli_only: true } })),
});
