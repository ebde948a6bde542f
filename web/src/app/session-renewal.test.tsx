import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderApp } from '@/testing/render-app';
import { http, server, signedOut } from '@/testing/server';

const START = 1_800_000_000;
let moment = START;

/** The service's clock goes with ours. Each answer is what is left of the session then; null is the end of it. */
function lives(...answers: (number | null)[]): { asked: number } {
  const seen = { asked: 0 };
  server.use(
    http.get('/auth', ({ response }) => {
      const left = answers[Math.min(seen.asked, answers.length - 1)] ?? null;
      seen.asked += 1;
      if (left === null) return response.untyped(signedOut());
      return response(200).json({ authCookieExpiration: moment + left, currentServerTime: moment });
    }),
  );
  return seen;
}

function pass(seconds: number): void {
  moment += seconds;
}

async function open(): Promise<void> {
  vi.spyOn(Date, 'now').mockImplementation(() => moment * 1000);
  renderApp('/');
  await screen.findByRole('heading', { name: /Your roles/ });
}

function work(): void {
  fireEvent.keyDown(document.body, { key: 'a' });
}

afterEach(() => {
  vi.restoreAllMocks();
  moment = START;
});

describe('the session of somebody who works', () => {
  it('is renewed in the second half of its life, once', async () => {
    const seen = lives(3600, 3600);
    await open();
    pass(1799);
    work();
    expect(seen.asked).toBe(1);
    pass(1);
    work();
    work();
    await waitFor(() => expect(seen.asked).toBe(2));
    pass(1000);
    work();
    expect(seen.asked).toBe(2);
  });

  it('is asked for again after a pause when the service could not answer', async () => {
    const seen = lives(3600);
    await open();
    server.use(
      http.get('/auth', ({ response }) => {
        seen.asked += 1;
        return response.untyped(Response.error());
      }),
    );
    pass(1800);
    work();
    await waitFor(() => expect(seen.asked).toBe(2));
    pass(59);
    work();
    expect(seen.asked).toBe(2);
    pass(1);
    work();
    await waitFor(() => expect(seen.asked).toBe(3));
    expect(screen.getByRole('heading', { name: /Your roles/ })).toBeDefined();
  });

  it('that has ended meanwhile is told without taking the page away', async () => {
    lives(3600, null);
    await open();
    pass(4000);
    work();
    expect(await screen.findByRole('dialog', { name: 'Your session has ended' })).toBeDefined();
    expect(screen.getByRole('heading', { name: /Your roles/, hidden: true })).toBeDefined();
  });
});

it('the session of a page that is only open is left to end', async () => {
  const seen = lives(3600);
  await open();
  pass(3500);
  fireEvent.focus(window);
  fireEvent(document, new Event('visibilitychange'));
  expect(seen.asked).toBe(1);
});
