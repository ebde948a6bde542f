import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { DOCUMENT, FIRST, hold, MINE, opened, preview, THEIRS, version } from '@/testing/configuration';
import { textIn } from '@/testing/editor';
import { renderApp } from '@/testing/render-app';

function firstOf<Item>([first]: Item[]): Item {
  if (first === undefined) throw new Error('It is not on the page.');
  return first;
}

describe('the history', () => {
  function old() {
    const held = hold();
    held.versions = [
      version(),
      version({ number: 2, sha256: 'sha 2', comment: '', restored: 1, action: 'rollback', sections: [] }),
      version({ number: 1, sha256: 'sha 1', comment: 'the beginning' }),
    ];
    held.texts = { '3': FIRST, '2': MINE, '1': THEIRS };
    return held;
  }

  it('tells who saved what and why, and what a version changed', async () => {
    old();
    const { user, at } = await opened();
    expect(await screen.findByText('Took up version 1 again')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Look at version 2' }));
    const dialog = await screen.findByRole('dialog', { name: 'Version 2' });
    expect(await textIn('What version 2 changed: before')).toBe(THEIRS);
    expect(await textIn('What version 2 changed: after')).toBe(MINE);
    expect(at()).toBe('/config?version=2');
    await user.click(within(dialog).getByRole('button', { name: 'Against what is in force' }));
    expect(await textIn('Version 2 against what is in force: after')).toBe(FIRST);
    await user.click(firstOf(within(dialog).getAllByRole('button', { name: 'Close' })));
    await waitFor(() => expect(at()).toBe('/config'));
  });

  it('leads back to a version, after a look at what that does', async () => {
    const held = old();
    held.preview = preview({ effects: [{ section: 'site', text: 'message_title: changed.', warning: false }] });
    const { user } = await opened('/config?version=1');
    const dialog = await screen.findByRole('dialog', { name: 'Version 1' });
    await user.click(await within(dialog).findByRole('button', { name: 'Restore this version' }));
    expect(await within(dialog).findByText(/message_title: changed/)).toBeDefined();
    await user.type(within(dialog).getByRole('textbox', { name: 'Why (optional)' }), 'it was better');
    await user.click(within(dialog).getByRole('button', { name: 'Put version 1 in force again' }));
    await screen.findByText(/Version 4 is in force/);
    expect(held.wishes).toEqual([
      { version: 1, existing_sha256: `sha of ${FIRST}`, comment: 'it was better', confirmed: [] },
    ]);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(await textIn(DOCUMENT)).toBe(THEIRS);
  });

  it('says what keeps an old version from being put in force again', async () => {
    const held = old();
    held.preview = preview({
      faults: [{ section: 'site', key: 'site.x', line: 2, column: 3, message: 'this key is not known' }],
    });
    const { user } = await opened('/config?version=1');
    await user.click(await screen.findByRole('button', { name: 'Restore this version' }));
    expect(await screen.findByText('line 2: site.x: this key is not known')).toBeDefined();
    expect(screen.queryByRole('button', { name: /in force again/ })).toBeNull();
  });

  it('offers no way back to what is in force, and says when there is no such version', async () => {
    old();
    const { user } = await opened('/config?version=3');
    expect(await screen.findByText(/Its text is in force/)).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Restore this version' })).toBeNull();
    await user.click(firstOf(screen.getAllByRole('button', { name: 'Close' })));
    renderApp('/config?version=9');
    expect(await screen.findByText('There is no version 9.')).toBeDefined();
  });
});
