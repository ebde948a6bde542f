import { EditorView } from '@codemirror/view';
import { act, screen } from '@testing-library/react';

function viewOf(element: HTMLElement): EditorView {
  const view = EditorView.findFromDOM(element);
  if (view === null) throw new Error('That is no editor.');
  return view;
}

/** Writes into the code editor of that name; jsdom has no layout, so nothing can be typed into it. */
export async function writeInto(name: string, text: string): Promise<void> {
  const view = viewOf(await screen.findByRole('textbox', { name }));
  act(() => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }));
}

export async function textIn(name: string): Promise<string> {
  return viewOf(await screen.findByRole('textbox', { name })).state.doc.toString();
}
