import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import '@/components/code/code.css';

const highlight = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: [tags.bool, tags.null], color: 'var(--code-keyword)' },
  { tag: tags.comment, color: 'var(--code-muted)' },
]);

const theme = EditorView.theme({
  '&': { color: 'var(--code-text)', backgroundColor: 'var(--code-back)', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--code-focus)', outlineOffset: '-2px' },
  '.cm-scroller': {
    fontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    lineHeight: '1.5',
  },
  '.cm-content': { caretColor: 'var(--code-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--code-text)' },
  '.cm-gutters': {
    color: 'var(--code-muted)',
    backgroundColor: 'var(--code-back)',
    borderRight: '1px solid var(--code-border)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--code-line)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--code-selected)',
  },
  '.cm-tooltip': {
    color: 'var(--code-text)',
    backgroundColor: 'var(--code-back)',
    border: '1px solid var(--code-border)',
  },
  '.cm-insertedLine, .cm-changedLine': { backgroundColor: 'var(--code-added) !important' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--code-removed) !important' },
  '&.cm-merge-b .cm-changedText, .cm-inlineChangedLine .cm-changedText, .cm-insertedLine .cm-changedText': {
    background: 'var(--code-added-text) !important',
  },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
    background: 'var(--code-removed-text) !important',
  },
  '.cm-collapsedLines': {
    color: 'var(--code-muted)',
    background: 'var(--code-line)',
  },
});

const common: Extension = [syntaxHighlighting(highlight), theme, lineNumbers(), EditorView.lineWrapping];

export function reading(label: string, language: Extension): Extension {
  return [
    language,
    common,
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({
      'aria-label': label,
      tabindex: '0',
      role: 'textbox',
      'aria-readonly': 'true',
      'aria-multiline': 'true',
    }),
  ];
}

export function writing(label: string, language: Extension): Extension {
  return [
    language,
    common,
    history(),
    foldGutter(),
    drawSelection(),
    highlightActiveLine(),
    indentOnInput(),
    indentUnit.of('  '),
    bracketMatching(),
    // Tab leaves the editor: people who use the keyboard are not caught in it.
    keymap.of([...defaultKeymap, ...historyKeymap]),
    // What scrolls must be reachable by the keyboard, and is asked about by this attribute.
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  ];
}
