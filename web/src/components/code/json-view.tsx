import { json } from '@codemirror/lang-json';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { reading } from '@/components/code/code-theme';

export interface JsonViewProps {
  label: string;
  text: string;
}

const LANGUAGE = json();
const HEIGHT = EditorView.theme({ '.cm-scroller': { maxHeight: '560px' } });

export function JsonView({ label, text }: JsonViewProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = host.current;
    if (parent === null) return undefined;
    const view = new EditorView({ parent, doc: text, extensions: [reading(label, LANGUAGE), HEIGHT] });
    return () => view.destroy();
  }, [label, text]);
  return <div className="code-frame" ref={host} />;
}
