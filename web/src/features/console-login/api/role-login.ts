import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/lib/api';

export interface RoleLoginAsked {
  /** An ARN, or any text that names one role. */
  query: string;
  region: string | null;
  destination: string | null;
  /** A session that may read, whatever else the role may. */
  readOnly: boolean;
}

export interface LoginAnswer {
  type: string;
  reason: string | null;
  redirectUrl: string | null;
  role: string | null;
  message: string | null;
}

/** Which keys are there depends on the answer's `type`, so the description leaves them open. */
function readAnswer(body: Readonly<Record<string, unknown>>): LoginAnswer {
  const text = (key: string) => {
    const value = body[key];
    return typeof value === 'string' ? value : null;
  };
  return {
    type: text('type') ?? '',
    reason: text('reason'),
    redirectUrl: text('redirect_url'),
    role: text('role'),
    message: text('message'),
  };
}

async function signIn({ query, region, destination, readOnly }: RoleLoginAsked): Promise<LoginAnswer> {
  const options = {
    ...(region === null ? {} : { r: region }),
    ...(destination === null ? {} : { redirect: destination }),
    ...(readOnly ? { read_only: 'true' } : {}),
  };
  return readAnswer(
    await answerOf(() => api.GET('/api/v2/role_login/{role}', { params: { path: { role: query }, query: options } })),
  );
}

/** Asked once: every answer is a fresh console session. */
export function roleLoginQuery(asked: RoleLoginAsked) {
  return queryOptions({
    queryKey: ['role-login', asked.query, asked.region, asked.destination, asked.readOnly],
    queryFn: () => signIn(asked),
    enabled: asked.query !== '',
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    meta: { handled: true },
  });
}
