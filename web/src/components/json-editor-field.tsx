import { lazy, Suspense } from 'react';
import { Loading } from '@/components/loading';
import type { JsonEditorProps } from '@/components/code/json-editor';

const JsonEditor = lazy(async () => ({ default: (await import('@/components/code/json-editor')).JsonEditor }));

/** The editor comes with the page that uses it, not with every page. */
export function JsonEditorField(props: JsonEditorProps) {
  return (
    <Suspense fallback={<Loading what="the editor" />}>
      <JsonEditor {...props} />
    </Suspense>
  );
}
