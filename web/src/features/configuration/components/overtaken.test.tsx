import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { current, DOCUMENT, hold, MINE, opened, THEIRS, version, written } from '@/testing/configuration';
import { textIn } from '@/testing/editor';
import { refusal } from '@/testing/server';

describe('a change that was overtaken', () => {
  async function overtaken() {
    const held = hold({
      refuse: refusal(409, 'user:cy@example.com saved version 4.', { reason: 'changed_meanwhile' }),
    });
    const app = await opened();
    await written(app, MINE);
    held.now = current(THEIRS, {
      version: version({ number: 4, saved_by: 'user:cy@example.com', sha256: `sha of ${THEIRS}` }),
    });
    await app.user.click(await screen.findByRole('button', { name: 'Save' }));
    expect(await screen.findByText('The configuration changed while you were writing')).toBeDefined();
    held.refuse = undefined;
    return { held, ...app };
  }

  it('says who was faster, shows both, and loses nothing', async () => {
    const { user } = await overtaken();
    expect(screen.getByText(/cy@example.com saved version 4/)).toBeDefined();
    expect(await textIn(DOCUMENT)).toBe(MINE);
    expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
    await user.click(screen.getByText('What they changed'));
    expect(await textIn('What they changed: after')).toBe(THEIRS);
  });

  it('is saved on top of theirs after another look', async () => {
    const { held, user } = await overtaken();
    await user.click(screen.getByRole('button', { name: 'Keep mine, on top of theirs' }));
    expect(await textIn(DOCUMENT)).toBe(MINE);
    await user.click(await screen.findByRole('button', { name: 'Preview' }));
    expect(await textIn('Configuration: before')).toBe(THEIRS);
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText(/Version 5 is in force/);
    expect(held.wishes.at(-1)).toMatchObject({ new_config: MINE, existing_sha256: `sha of ${THEIRS}` });
  });

  it('is dropped when the person says so', async () => {
    const { user } = await overtaken();
    await user.click(screen.getByRole('button', { name: 'Take theirs, drop mine' }));
    expect(await textIn(DOCUMENT)).toBe(THEIRS);
    expect(screen.queryByText('The configuration changed while you were writing')).toBeNull();
  });

  it('is no matter for who has written nothing', async () => {
    const held = hold();
    const { client } = await opened();
    held.now = current(THEIRS);
    await client.invalidateQueries({ queryKey: ['configuration', 'current'] });
    await waitFor(async () => expect(await textIn(DOCUMENT)).toBe(THEIRS));
    expect(screen.queryByText('The configuration changed while you were writing')).toBeNull();
  });
});
