import { json } from '@codemirror/lang-json';
import { linter, lintGutter, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { writing } from '@/components/code/code-theme';
import { parsePolicy } from '@/lib/policy-json';

export interface JsonEditorProps {
  label: string;
  /** The text to begin with; a new one replaces what was written. */
  initial: string;
  onChange: (text: string) => void;
}

function diagnostics(view: EditorView): Diagnostic[] {
  const parsed = parsePolicy(view.state.doc.toString());
  if (parsed.ok) return [];
  const { offset, length, reason } = parsed.fault;
  const end = view.state.doc.length;
  return [
    {
      from: Math.min(offset, end),
      to: Math.min(offset + Math.max(length, 1), end),
      severity: 'error',
      message: reason,
    },
  ];
}

export function JsonEditor({ label, initial, onChange }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const report = useRef(onChange);
  useEffect(() => {
    report.current = onChange;
  }, [onChange]);

  useEffect(() => {
    const parent = host.current;
    if (parent === null) return undefined;
    const view = new EditorView({
      parent,
      state: EditorState.create({
        doc: initial,
        extensions: [
          writing(label, json()),
          lintGutter(),
          linter(diagnostics, { delay: 300 }),
          EditorView.theme({ '.cm-content': { minHeight: '240px' }, '.cm-scroller': { maxHeight: '480px' } }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) report.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    return () => view.destroy();
  }, [initial, label]);

  return <div className="code-frame" ref={host} />;
}
