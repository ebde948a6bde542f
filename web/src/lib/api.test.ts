import { describe, expect, it } from 'vitest';
import { answerOf, api } from '@/lib/api';
import { ApiError } from '@/lib/api-error';
import { http as any, HttpResponse } from 'msw';
import { eligibleRole } from '@/testing/data';
import { http, refusal, server, signedOut, tableOf } from '@/testing/server';

async function failure(call: () => Promise<unknown>): Promise<ApiError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

const accounts = () => answerOf(() => api.GET('/api/v2/accounts'));

describe('the client', () => {
  it('repeats the cookie on calls that change something, and only there', async () => {
    document.cookie = '_xsrf=2|ab%3Dc; path=/';
    const sent: Headers[] = [];
    server.use(
      http.get('/api/v2/accounts', ({ request, response }) => {
        sent.push(request.headers);
        return response(200).json({ accounts: [] });
      }),
      http.post('/api/v2/eligible_roles', ({ request, response }) => {
        sent.push(request.headers);
        return response(200).json(tableOf([eligibleRole()]));
      }),
    );
    await accounts();
    await answerOf(() => api.POST('/api/v2/eligible_roles', { body: {} }));
    expect(sent.map((headers) => headers.get('X-Xsrftoken'))).toEqual([null, '2|ab=c']);
    expect(sent.map((headers) => headers.get('X-Requested-With'))).toEqual(['XMLHttpRequest', 'XMLHttpRequest']);
    expect(sent.map((headers) => headers.get('Accept'))).toEqual(['application/json', 'application/json']);
  });

  it('keeps the slashes and colons of an ARN in a path, and escapes the rest', async () => {
    const paths: string[] = [];
    server.use(
      any.get('*/api/v2/role_login/*', ({ request }) => {
        paths.push(new URL(request.url).pathname);
        return HttpResponse.json({ type: 'error' });
      }),
    );
    const role = 'arn:aws:iam::111122223333:role/team a/x?y#z';
    await answerOf(() => api.GET('/api/v2/role_login/{role}', { params: { path: { role } } }));
    expect(paths).toEqual(['/api/v2/role_login/arn:aws:iam::111122223333:role/team%20a/x%3Fy%23z']);
  });

  it.each(['../../logout', 'a/../b', './x'])('sends no path that climbs: %s', async (role) => {
    const error = await failure(() =>
      answerOf(() => api.GET('/api/v2/role_login/{role}', { params: { path: { role } } })),
    );
    expect(error.trouble).toBe('invalid');
  });
});

describe('a token that is gone', () => {
  const refresh = () => answerOf(() => api.POST('/api/v2/refreshes', { body: { accounts: null } }));

  it('is renewed, and the call made again', async () => {
    const tokens: (string | null)[] = [];
    server.use(
      http.get('/auth', ({ response }) => {
        document.cookie = '_xsrf=new; path=/';
        return response(200).json({ authCookieExpiration: 1, currentServerTime: 1 });
      }),
      http.post('/api/v2/refreshes', ({ request, response }) => {
        tokens.push(request.headers.get('X-Xsrftoken'));
        return tokens.length === 1
          ? response.untyped(refusal(403, 'The header must repeat the cookie.', { reason: 'xsrf' }))
          : response(200).json({ run_id: 'run-1', status: 'running' });
      }),
    );
    expect((await refresh()).run_id).toBe('run-1');
    expect(tokens).toEqual([null, 'new']);
  });

  it('with its session is an ended session', async () => {
    server.use(
      http.get('/auth', ({ response }) => response.untyped(signedOut())),
      http.post('/api/v2/refreshes', ({ response }) => response.untyped(refusal(403, 'No.', { reason: 'xsrf' }))),
    );
    expect((await failure(refresh)).trouble).toBe('signed-out');
  });

  it('is renewed once: a service that goes on refusing is believed', async () => {
    server.use(
      http.post('/api/v2/refreshes', ({ response }) => response.untyped(refusal(403, 'No.', { reason: 'xsrf' }))),
    );
    expect((await failure(refresh)).trouble).toBe('forbidden');
  });
});

describe('a refusal', () => {
  it.each([
    [400, 'invalid', false],
    [403, 'forbidden', false],
    [404, 'missing', false],
    [409, 'conflict', false],
    [413, 'invalid', false],
    [429, 'throttled', true],
    [500, 'server', true],
    [502, 'server', true],
  ] as const)('of status %i is %s', async (status, trouble, passing) => {
    server.use(http.get('/api/v2/accounts', ({ response }) => response.untyped(refusal(status, 'Because.'))));
    const error = await failure(accounts);
    expect([error.trouble, error.passing, error.message, error.requestId]).toEqual([
      trouble,
      passing,
      'Because.',
      'req-1',
    ]);
  });

  it('that asks to sign in is an ended session', async () => {
    server.use(http.get('/api/v2/accounts', ({ response }) => response.untyped(signedOut())));
    const error = await failure(accounts);
    expect([error.trouble, error.redirectUrl]).toEqual(['signed-out', 'https://sign-in.example/start']);
  });

  it('of a token, in the words of the command line, is an ended session too', async () => {
    const body = { status: 'error', code: 'invalid_jwt', message: 'Expired.' };
    server.use(http.get('/api/v2/accounts', ({ response }) => response.untyped(Response.json(body, { status: 403 }))));
    expect((await failure(accounts)).trouble).toBe('signed-out');
  });

  it('without a body is told by its status and the gateway’s request id', async () => {
    const answer = new Response('<html>', { status: 504, headers: { 'x-amzn-requestid': 'gw-7' } });
    server.use(http.get('/api/v2/accounts', ({ response }) => response.untyped(answer)));
    const error = await failure(accounts);
    expect(error.message).toBe('The service answered 504 and gave no reason.');
    expect(error.requestId).toBe('gw-7');
  });
});
