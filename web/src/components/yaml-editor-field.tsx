import { lazy, Suspense } from 'react';
import type { YamlEditorProps } from '@/components/code/yaml-editor';
import { Loading } from '@/components/loading';

const YamlEditor = lazy(async () => ({ default: (await import('@/components/code/yaml-editor')).YamlEditor }));

/** The editor comes with the page that uses it, not with every page. */
export function YamlEditorField(props: YamlEditorProps) {
  return (
    <Suspense fallback={<Loading what="the editor" />}>
      <YamlEditor {...props} />
    </Suspense>
  );
}
