import { yaml } from '@codemirror/lang-yaml';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState, type Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { writing } from '@/components/code/code-theme';

/** Lines and columns count from 1. */
export interface TextPlace {
  line: number;
  column: number;
}

export interface TextFault extends TextPlace {
  message: string;
}

export interface YamlEditorProps {
  label: string;
  /** The text to begin with; a new one replaces what was written. */
  initial: string;
  faults: readonly TextFault[];
  /** Where the cursor is put; a new object puts it there again. */
  place: TextPlace | null;
  onChange: (text: string) => void;
}

function offsetOf(text: Text, { line, column }: TextPlace): number {
  const found = text.line(Math.min(Math.max(line, 1), text.lines));
  return Math.min(found.from + column - 1, found.to);
}

function diagnosticOf(text: Text, fault: TextFault): Diagnostic {
  const from = offsetOf(text, fault);
  const to = Math.max(text.lineAt(from).to, from);
  return { from, to, severity: 'error', message: fault.message };
}

export function YamlEditor({ label, initial, faults, place, onChange }: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<EditorView>(null);
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
          writing(label, yaml()),
          lintGutter(),
          EditorView.theme({ '.cm-content': { minHeight: '320px' }, '.cm-scroller': { maxHeight: '65vh' } }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) report.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    shown.current = view;
    return () => {
      shown.current = null;
      view.destroy();
    };
  }, [initial, label]);

  useEffect(() => {
    const view = shown.current;
    if (view === null) return;
    const found = faults.map((fault) => diagnosticOf(view.state.doc, fault));
    view.dispatch(setDiagnostics(view.state, found));
  }, [faults, initial]);

  useEffect(() => {
    const view = shown.current;
    if (view === null || place === null) return;
    const anchor = offsetOf(view.state.doc, place);
    view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    view.focus();
  }, [place]);

  return <div className="code-frame" ref={host} />;
}
