import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { reading } from '@/components/code/code-theme';

export type DiffLayout = 'side-by-side' | 'unified';

export interface CodeDiffProps {
  title: string;
  before: string;
  after: string;
  layout: DiffLayout;
  /** One that stays the same object: another one draws anew. */
  language: Extension;
}

/** A document that is new or goes away has nothing beside it to be compared with. */
function isWhole({ before, after }: CodeDiffProps): boolean {
  return before === '' || after === '';
}

const collapse = { margin: 4, minSize: 8 };

function whole(parent: HTMLElement, { title, before, after, language }: CodeDiffProps): EditorView {
  const label = before === '' ? `${title}: new` : `${title}: removed`;
  const height = EditorView.theme({ '.cm-scroller': { maxHeight: '560px' } });
  return new EditorView({
    parent,
    doc: before === '' ? after : before,
    extensions: [reading(label, language), height],
  });
}

function sideBySide(parent: HTMLElement, { title, before, after, language }: CodeDiffProps): MergeView {
  return new MergeView({
    parent,
    a: { doc: before, extensions: [reading(`${title}: before`, language)] },
    b: { doc: after, extensions: [reading(`${title}: after`, language)] },
    collapseUnchanged: collapse,
    gutter: true,
  });
}

function unified(parent: HTMLElement, { title, before, after, language }: CodeDiffProps): EditorView {
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: after,
      extensions: [
        reading(`${title}: before and after`, language),
        EditorView.theme({ '.cm-scroller': { maxHeight: '560px' } }),
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: collapse }),
      ],
    }),
  });
}

export function CodeDiff({ title, before, after, layout, language }: CodeDiffProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = host.current;
    if (parent === null) return undefined;
    const props = { title, before, after, layout, language };
    const draw = isWhole(props) ? whole : layout === 'side-by-side' ? sideBySide : unified;
    const view = draw(parent, props);
    return () => view.destroy();
  }, [title, before, after, layout, language]);
  const tint = before === '' ? 'added' : after === '' ? 'removed' : '';
  return <div className={`code-frame ${tint}`} ref={host} />;
}
