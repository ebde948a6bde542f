import { setupServer } from 'msw/node';
import { createOpenApiHttp } from 'openapi-msw';
import type { paths } from '@/api/schema';
import { accounts, eligibleRole, profile } from '@/testing/data';

/** Handlers whose paths and bodies are those of our own API's description. */
export const http = createOpenApiHttp<paths>({ baseUrl: window.location.origin });

export const server = setupServer(
  http.get('/auth', ({ response }) =>
    response(200).json({ authCookieExpiration: 1_900_000_000, currentServerTime: 1_800_000_000 }),
  ),
  http.get('/api/v2/user_profile', ({ response }) => response(200).json(profile())),
  http.post('/api/v2/eligible_roles', ({ response }) => response(200).json(tableOf([eligibleRole()]))),
  http.post('/api/v2/policies/check', ({ response }) => response(200).json([])),
  http.get('/api/v2/accounts', ({ response }) => response(200).json(accounts())),
);

export function tableOf<Row>(rows: Row[], total = rows.length) {
  return { totalCount: total, filteredCount: rows.length, data: rows };
}

/** A body as the service refuses: `{status, title, message}`. */
export function refusal(status: number, message: string, extra: Record<string, unknown> = {}): Response {
  return Response.json(
    { status, title: 'Refused', message, reason: 'refused', request_id: 'req-1', ...extra },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  );
}

export function signedOut(redirectUrl = 'https://sign-in.example/start'): Response {
  return Response.json(
    { type: 'redirect', redirect_url: redirectUrl, reason: 'unauthenticated', message: 'Sign in first.' },
    { status: 403 },
  );
}
