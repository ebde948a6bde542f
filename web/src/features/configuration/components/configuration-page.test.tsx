import { cleanup, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from '@/testing/accessible';
import { current, DOCUMENT, FIRST, hold, MINE, opened, preview, written } from '@/testing/configuration';
import { textIn, writeInto } from '@/testing/editor';
import { renderApp } from '@/testing/render-app';
import { refusal } from '@/testing/server';

/** The way to the page among the others. */
function offer(): HTMLElement | null {
  return document.querySelector('nav a[href="/config"]');
}

describe('the configuration', () => {
  it('is shown with who saved it, and the deployment to be read only', async () => {
    hold();
    await opened();
    expect(await textIn(DOCUMENT)).toBe(FIRST);
    expect(screen.getByText(/In force is version 3, saved by bea@example.com/)).toBeDefined();
    expect(screen.getByLabelText('Section deployment, to be read only').textContent).toContain('group:admins');
    expect(offer()).not.toBeNull();
    expect(document.title).toBe('Configuration · ConsoleMe');
    await expectAccessible();
  });

  it('says what is in force before the first save', async () => {
    const held = hold({ now: current(FIRST, { version: null }) });
    held.versions = [];
    await opened();
    expect(screen.getByText(/In force is the document that ships with the package/)).toBeDefined();
    expect(await screen.findByText('Nothing was saved yet')).toBeDefined();
  });

  it('is neither asked for nor offered without the permission', async () => {
    // A call to the service would have no handler and fail the test.
    renderApp('/config');
    expect(await screen.findByText('You may not see the configuration')).toBeDefined();
    expect(offer()).toBeNull();
  });
});

describe('a change', () => {
  it('is looked at and then saved with what was begun from, and why', async () => {
    const held = hold({
      preview: preview({
        effects: [
          { section: 'authorization', text: '3 roles more for 12 people known so far.', warning: false },
          { section: 'sessions', text: 'Everybody has to sign in again.', warning: true },
        ],
      }),
    });
    const app = await opened();
    expect(screen.getByRole('button', { name: 'Preview' }).getAttribute('aria-disabled')).toBe('true');
    await written(app, MINE);
    expect(await screen.findByText(/3 roles more for 12 people known so far/)).toBeDefined();
    expect(screen.getByText(/Everybody has to sign in again/)).toBeDefined();
    expect(await textIn('Configuration: before')).toBe(FIRST);
    expect(await textIn('Configuration: after')).toBe(MINE);
    await expectAccessible();
    await app.user.type(screen.getByRole('textbox', { name: 'Why (optional)' }), ' louder ');
    await app.user.click(screen.getByRole('button', { name: 'Save' }));
    expect(
      await screen.findByText(/Version 4 is in force. Everything that runs sees it within a minute./),
    ).toBeDefined();
    expect(held.wishes).toEqual([
      { new_config: MINE, existing_sha256: `sha of ${FIRST}`, comment: 'louder', confirmed: [] },
    ]);
    expect(screen.queryByRole('heading', { name: 'Preview' })).toBeNull();
    expect(await textIn(DOCUMENT)).toBe(MINE);
    expect(screen.getByText(/In force is version 4/)).toBeDefined();
  });

  it('has to be looked at again once it is written on', async () => {
    hold();
    const app = await opened();
    await written(app, MINE);
    expect(await screen.findByRole('button', { name: 'Save' })).toBeDefined();
    await writeInto(DOCUMENT, `${MINE}# more\n`);
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Save' })).toBeNull());
  });

  it('shows every fault with its line, and leads to it', async () => {
    hold({
      preview: preview({
        faults: [
          { section: 'site', key: 'site.titel', line: 2, column: 3, message: 'this key is not known' },
          { section: '', key: '', line: null, column: null, message: 'the document is too large' },
        ],
      }),
    });
    const app = await opened();
    await written(app, 'site:\n  titel: x\n');
    expect(await screen.findByText('2 things are wrong')).toBeDefined();
    expect(screen.getByText('the document is too large')).toBeDefined();
    expect(document.querySelectorAll('.cm-lintRange-error')).toHaveLength(1);
    expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
    await app.user.click(screen.getByText('line 2: site.titel: this key is not known'));
    expect(document.activeElement?.getAttribute('aria-label')).toBe(DOCUMENT);
  });

  it('that would lock somebody out is saved once they say that they want it so', async () => {
    const guard = { section: 'groups', rule: 'own_lockout', reason: 'You would lose the right.', confirmable: true };
    const held = hold({ preview: preview({ guards: [guard] }) });
    const app = await opened();
    await written(app, MINE);
    expect(await screen.findByText('You would lose the right.')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Save' }).getAttribute('aria-disabled')).toBe('true');
    await app.user.click(screen.getByRole('checkbox', { name: 'I know, and I want it so' }));
    await app.user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText(/Version 4 is in force/);
    expect(held.wishes).toMatchObject([{ confirmed: ['own_lockout'] }]);
  });

  it('that nobody may make is not offered to be saved', async () => {
    const guard = { section: 'groups', rule: 'can_admin', reason: 'Only administrators.', confirmable: false };
    hold({ preview: preview({ guards: [guard] }) });
    const app = await opened();
    await written(app, MINE);
    expect(await screen.findByText('Only administrators.')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Save' }).getAttribute('aria-disabled')).toBe('true');
    expect(screen.queryByRole('checkbox')).toBeNull();
  });

  it('that the service refuses says why and keeps the text', async () => {
    hold({ refuse: refusal(403, 'The sections groups and visibility say who may do what.') });
    const app = await opened();
    await written(app, MINE);
    await app.user.click(await screen.findByRole('button', { name: 'Save' }));
    expect(await screen.findByText('The sections groups and visibility say who may do what.')).toBeDefined();
    expect(await textIn(DOCUMENT)).toBe(MINE);
  });

  it('can be discarded', async () => {
    hold();
    const { user } = await opened();
    await writeInto(DOCUMENT, MINE);
    await user.click(await screen.findByRole('button', { name: 'Discard my changes' }));
    expect(await textIn(DOCUMENT)).toBe(FIRST);
  });

  it('is still there after the page was left', async () => {
    hold();
    await opened();
    await writeInto(DOCUMENT, MINE);
    cleanup();
    await opened();
    expect(await screen.findByText('You had begun to write')).toBeDefined();
    expect(await textIn(DOCUMENT)).toBe(MINE);
  });
});
