import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { renderApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const PATH = '/challenge_validator/token-1';
const MESSAGE =
  'A command line at **127.0.0.1** asks.\n\n<img src=x onerror=alert(1)> [more](https://docs.example) [bad](javascript:alert(1))';

function ask(): { reads: number; answers: unknown[] } {
  const seen = { reads: 0, answers: [] as unknown[] };
  server.use(
    http.get('/api/v2/challenge_validator/{token}', ({ response }) => {
      seen.reads += 1;
      return response(200).json({ message: MESSAGE, nonce: 'nonce-1' });
    }),
    http.post('/api/v2/challenge_validator/{token}', async ({ request, response }) => {
      const body = await request.json();
      seen.answers.push(body);
      return response(200).json({ message: body.approve === false ? 'It was denied.' : 'It is signed in.' });
    }),
  );
  return seen;
}

describe('a sign-in of a command line', () => {
  it('is looked at once and approved with its nonce', async () => {
    const seen = ask();
    const { user } = renderApp(PATH);
    await user.click(await screen.findByRole('button', { name: 'Approve' }));
    expect(await screen.findByText('It is signed in.')).toBeDefined();
    expect(seen).toEqual({ reads: 1, answers: [{ nonce: 'nonce-1', approve: true }] });
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
  });

  it('is denied', async () => {
    const seen = ask();
    const { user } = renderApp(PATH);
    await user.click(await screen.findByRole('button', { name: 'Deny' }));
    expect(await screen.findByText('It was denied.')).toBeDefined();
    expect(seen.answers).toEqual([{ nonce: 'nonce-1', approve: false }]);
  });

  it('is described in Markdown without HTML, scripts or pictures', async () => {
    ask();
    renderApp(PATH);
    expect((await screen.findByText('127.0.0.1')).tagName).toBe('STRONG');
    expect(document.querySelector('img')).toBeNull();
    expect(screen.getByRole('link', { name: 'more' }).getAttribute('rel')).toBe('noopener noreferrer');

    expect(document.body.innerHTML).not.toContain('javascript:');
    await expectAccessible();
  });

  it.each([
    [404, 'No such sign-in is waiting.'],
    [403, 'This sign-in belongs to somebody else.'],
    [409, 'This page was opened before.'],
  ])('that cannot be answered (%i) says why and offers no button', async (status, message) => {
    server.use(
      http.get('/api/v2/challenge_validator/{token}', ({ response }) => response.untyped(refusal(status, message))),
    );
    renderApp(PATH);
    expect(await screen.findByText(message)).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
    expect(screen.getByText(/works once and for two minutes/)).toBeDefined();
  });

  it('whose answer is refused says why', async () => {
    ask();
    server.use(
      http.post('/api/v2/challenge_validator/{token}', ({ response }) =>
        response.untyped(refusal(404, 'It has expired.')),
      ),
    );
    const { user } = renderApp(PATH);
    await user.click(await screen.findByRole('button', { name: 'Approve' }));
    expect(await screen.findByText('It has expired.')).toBeDefined();
  });
});
