/** What can go wrong with a call, told apart so that a page can say it in words. An outage is never taken for an ended session. */

export type Trouble =
  'signed-out' | 'forbidden' | 'missing' | 'conflict' | 'invalid' | 'throttled' | 'server' | 'unreachable' | 'garbled';

interface Details {
  status?: number;
  code?: string | undefined;
  requestId?: string | undefined;
  redirectUrl?: string | undefined;
  body?: unknown;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly redirectUrl: string | undefined;
  readonly body: unknown;

  constructor(
    readonly trouble: Trouble,
    message: string,
    details: Details = {},
  ) {
    super(message);
    this.status = details.status ?? 0;
    this.code = details.code;
    this.requestId = details.requestId;
    this.redirectUrl = details.redirectUrl;
    this.body = details.body;
  }

  /** A second try without a change may go better. */
  get passing(): boolean {
    return ['server', 'throttled', 'unreachable', 'garbled'].includes(this.trouble);
  }
}

const REQUEST_ID_HEADERS = ['x-amzn-requestid', 'x-request-id', 'apigw-requestid'];

function text(body: unknown, key: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value: unknown = (body as Record<string, unknown>)[key];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function joinedErrors(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const errors: unknown = (body as Record<string, unknown>)['errors'];
  if (!Array.isArray(errors)) return undefined;
  const texts = errors.filter((error): error is string => typeof error === 'string');
  return texts.length > 0 ? texts.join(' ') : undefined;
}

function isSignedOut(status: number, body: unknown): boolean {
  if (status === 401) return true;
  if (status !== 403) return false;
  return (
    text(body, 'code') === 'invalid_jwt' ||
    (text(body, 'type') === 'redirect' && text(body, 'reason') === 'unauthenticated')
  );
}

function troubleOf(status: number, body: unknown): Trouble {
  if (isSignedOut(status, body)) return 'signed-out';
  const known: Record<number, Trouble> = { 403: 'forbidden', 404: 'missing', 409: 'conflict', 429: 'throttled' };
  return known[status] ?? (status >= 500 ? 'server' : 'invalid');
}

export function errorFromResponse(response: Response, body: unknown): ApiError {
  const header = REQUEST_ID_HEADERS.map((name) => response.headers.get(name)).find((value) => value);
  const message =
    text(body, 'message') ?? joinedErrors(body) ?? `The service answered ${response.status} and gave no reason.`;
  return new ApiError(troubleOf(response.status, body), message, {
    status: response.status,
    code: text(body, 'code'),
    requestId: text(body, 'request_id') ?? header ?? undefined,
    redirectUrl: text(body, 'redirect_url'),
    body,
  });
}

/** Errors that fetch itself raises: no answer came, or the answer was no JSON. */
export function errorFromFault(fault: unknown): unknown {
  if (fault instanceof ApiError) return fault;
  if (fault instanceof SyntaxError) {
    return new ApiError(
      'garbled',
      'The service answered with something that is not data. It may be starting, or a proxy may stand in between.',
    );
  }
  if (fault instanceof TypeError) {
    return new ApiError(
      'unreachable',
      'No answer came from the service. Check your connection; your session is not affected.',
    );
  }
  return fault;
}

export interface Explanation {
  header: string;
  detail: string;
  requestId?: string | undefined;
}

/** The token of the form is gone (its cookie lives a day), or was never there: not a matter of rights. */
export function isStaleToken(status: number, body: unknown): boolean {
  return status === 403 && text(body, 'reason') === 'xsrf';
}

const HEADERS: Record<Trouble, string> = {
  'signed-out': 'You are signed out',
  forbidden: 'You are not allowed to do this',
  missing: 'Not found',
  conflict: 'Somebody else was faster',
  invalid: 'The service did not accept this',
  throttled: 'Too many calls at once',
  server: 'The service has a problem',
  unreachable: 'The service cannot be reached',
  garbled: 'The service cannot be understood',
};

export function explain(error: unknown): Explanation {
  if (error instanceof ApiError) {
    return { header: HEADERS[error.trouble], detail: error.message, requestId: error.requestId };
  }
  return { header: 'This page has a problem', detail: error instanceof Error ? error.message : 'An unknown fault.' };
}
