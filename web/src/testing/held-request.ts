import { screen, within } from '@testing-library/react';
import type { Modification, Review } from '@/api/types';
import { renderApp, type RunningApp } from '@/testing/render-app';
import { requestDetail, REQUEST_ID } from '@/testing/requests';
import { http, server } from '@/testing/server';

/** A request that the service holds, and the commands that reach it. */
export function hold(part: Partial<Review> = {}) {
  const held = { now: part, commands: [] as Modification[] };
  server.use(
    http.get('/api/v2/requests/{request_id}', ({ response }) => response(200).json(requestDetail(held.now))),
    http.put('/api/v2/requests/{request_id}', async ({ request, response }) => {
      held.commands.push((await request.json()).modification_model);
      return response(200).json({ errors: 0, action_results: [{ status: 'success', message: 'Done.' }] });
    }),
  );
  return held;
}

export async function opened(): Promise<RunningApp> {
  const app = renderApp(`/policies/request/${REQUEST_ID}`);
  await screen.findByRole('heading', { name: /Request for app-deployer/ });
  return app;
}

export async function decide({ user }: RunningApp, name: string, why = ''): Promise<void> {
  await user.click(screen.getByRole('button', { name }));
  const dialog = await screen.findByRole('dialog');
  if (why !== '') await user.type(within(dialog).getByRole('textbox'), why);
  await user.click(within(dialog).getByRole('button', { name }));
}
