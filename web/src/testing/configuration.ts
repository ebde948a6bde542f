/** A service that holds a configuration, for the tests of its page. */
import { screen } from '@testing-library/react';
import type {
  CurrentConfiguration,
  Preview,
  RollbackWish,
  SaveWish,
  Version,
} from '@/features/configuration/api/configuration';
import { profile } from '@/testing/data';
import { writeInto } from '@/testing/editor';
import { renderApp, type RunningApp } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

export const FIRST = 'site:\n  message_title: first\n';
export const MINE = FIRST.replace('first', 'mine');
export const THEIRS = FIRST.replace('first', 'theirs');
export const DOCUMENT = 'Configuration';

export function version(part: Partial<Version> = {}): Version {
  return {
    number: 3,
    sha256: `sha of ${FIRST}`,
    saved_by: 'user:bea@example.com',
    saved_at: 1_800_000_000,
    comment: 'a title',
    action: 'save',
    restored: null,
    sections: ['site'],
    ...part,
  };
}

export function current(text = FIRST, part: Partial<CurrentConfiguration> = {}): CurrentConfiguration {
  const sha256 = `sha of ${text}`;
  return {
    dynamicConfig: text,
    sha256,
    deployment: 'deployment:\n  administrators: ["group:admins"]\n',
    version: version({ sha256 }),
    applied: true,
    ...part,
  };
}

export function preview(part: Partial<Preview> = {}): Preview {
  return { sha256: `sha of ${FIRST}`, faults: [], sections: [], effects: [], guards: [], ...part };
}

/** A service that holds a document; `wishes` are the saves that reached it. */
export function hold(part: { now?: CurrentConfiguration; preview?: Preview; refuse?: Response } = {}) {
  const held = {
    now: part.now ?? current(),
    preview: part.preview ?? preview(),
    refuse: part.refuse,
    versions: [version()],
    texts: {} as Record<string, string>,
    wishes: [] as (SaveWish | RollbackWish)[],
  };
  const save = (text: string, comment: string) => {
    const number = (held.now.version?.number ?? 0) + 1;
    held.now = current(text, { version: version({ number, comment, sha256: `sha of ${text}` }) });
    return {
      status: 'success' as const,
      newConfig: text,
      newsha56: held.now.sha256,
      version: version({ number, comment, sha256: held.now.sha256 }),
      applied: true,
    };
  };
  server.use(
    http.get('/api/v2/user_profile', ({ response }) =>
      response(200).json(profile({ pages: { config: { enabled: true } } })),
    ),
    http.get('/api/v2/dynamic_config', ({ response }) => response(200).json(held.now)),
    http.get('/api/v2/dynamic_config/versions', ({ response }) =>
      response(200).json({ versions: held.versions, next: null }),
    ),
    http.get('/api/v2/dynamic_config/versions/{number}', ({ params, response }) => {
      const { number } = params;
      const text = held.texts[number];
      if (text === undefined) return response.untyped(refusal(404, `There is no version ${number}.`));
      const found = held.versions.find((one) => String(one.number) === number) ?? version();
      return response(200).json({ version: found, text, diff: null });
    }),
    http.post('/api/v2/dynamic_config/preview', ({ response }) => response(200).json(held.preview)),
    http.post('/api/v2/dynamic_config', async ({ request, response }) => {
      const wish = await request.json();
      held.wishes.push(wish);
      if (held.refuse) return response.untyped(held.refuse);
      return response(200).json(save(wish.new_config, wish.comment ?? ''));
    }),
    http.post('/api/v2/dynamic_config/rollback', async ({ request, response }) => {
      const wish = await request.json();
      held.wishes.push(wish);
      if (held.refuse) return response.untyped(held.refuse);
      return response(200).json(save(held.texts[String(wish.version)] ?? '', wish.comment ?? ''));
    }),
  );
  return held;
}

export async function opened(path = '/config'): Promise<RunningApp> {
  const app = renderApp(path);
  await screen.findByRole('heading', { name: 'Configuration', level: 1 });
  await screen.findByRole('textbox', { name: DOCUMENT });
  return app;
}

export async function written({ user }: RunningApp, text: string): Promise<void> {
  await writeInto(DOCUMENT, text);
  await user.click(await screen.findByRole('button', { name: 'Preview' }));
}
