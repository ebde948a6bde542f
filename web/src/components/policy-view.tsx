import { lazy, Suspense } from 'react';
import { CopyText } from '@/components/copy-text';
import { Loading } from '@/components/loading';
import { printPolicy } from '@/lib/policy-json';

const JsonView = lazy(async () => ({ default: (await import('@/components/code/json-view')).JsonView }));

interface Props {
  /** What it is: "The policy of jobs". */
  label: string;
  document: unknown;
}

/** A document to be read and copied. */
export function PolicyView({ label, document }: Props) {
  const text = printPolicy(document);
  return (
    <div>
      <CopyText text={text} what="document" />
      <Suspense fallback={<Loading what="the document" />}>
        <JsonView label={label} text={text} />
      </Suspense>
    </div>
  );
}
