import { lazy } from 'react';
import { DiffView } from '@/components/diff-view';
import { printPolicy } from '@/lib/policy-json';

const JsonDiff = lazy(async () => ({ default: (await import('@/components/code/json-diff')).JsonDiff }));

interface Props {
  title: string;
  before: unknown;
  after: unknown;
  beforeLabel?: string;
  afterLabel?: string;
}

/** Two documents beside each other, printed alike, so that every difference shown is one of meaning. */
export function PolicyDiff({
  title,
  before,
  after,
  beforeLabel = 'Now in AWS',
  afterLabel = 'After this change',
}: Props) {
  return (
    <DiffView
      title={title}
      before={printPolicy(before)}
      after={printPolicy(after)}
      beforeLabel={beforeLabel}
      afterLabel={afterLabel}
      draw={(props) => <JsonDiff {...props} />}
    />
  );
}
