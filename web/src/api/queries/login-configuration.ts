import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/lib/api';

/** The ways to sign in, each with a link that comes back to `path`. */
export function loginConfigurationQuery(path: string) {
  return queryOptions({
    queryKey: ['login-configuration', path],
    queryFn: () =>
      answerOf(() => api.GET('/api/v2/login_configuration', { params: { query: { redirect_after_auth: path } } })),
  });
}
