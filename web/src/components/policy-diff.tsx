import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useState } from 'react';
import { Loading } from '@/components/loading';
import type { DiffLayout } from '@/components/code/json-diff';
import { printPolicy } from '@/lib/policy-json';

const JsonDiff = lazy(async () => ({ default: (await import('@/components/code/json-diff')).JsonDiff }));

const LAYOUTS: readonly { id: DiffLayout; text: string }[] = [
  { id: 'side-by-side', text: 'Side by side' },
  { id: 'unified', text: 'Unified' },
];

interface Props {
  title: string;
  before: unknown;
  after: unknown;
  beforeLabel?: string;
  afterLabel?: string;
}

function firstLayout(): DiffLayout {
  return window.matchMedia('(min-width: 900px)').matches ? 'side-by-side' : 'unified';
}

/** Two documents beside each other, printed alike, so that every difference shown is one of meaning. */
export function PolicyDiff({
  title,
  before,
  after,
  beforeLabel = 'Now in AWS',
  afterLabel = 'After this change',
}: Props) {
  const [layout, setLayout] = useState<DiffLayout>(firstLayout);
  const [old, present] = [printPolicy(before), printPolicy(after)];
  const whole = old === '' || present === '';
  return (
    <SpaceBetween size="xs">
      {whole ? (
        <Box variant="awsui-key-label">
          {old === '' ? `${afterLabel}, all of it new` : `${beforeLabel}, all of it removed`}
        </Box>
      ) : (
        <SegmentedControl
          label={`How to show the difference of ${title}`}
          selectedId={layout}
          options={LAYOUTS}
          onChange={({ detail }) => setLayout(detail.selectedId as DiffLayout)}
        />
      )}
      {!whole && layout === 'side-by-side' && (
        <ColumnLayout columns={2}>
          <Box variant="awsui-key-label">{beforeLabel}</Box>
          <Box variant="awsui-key-label">{afterLabel}</Box>
        </ColumnLayout>
      )}
      <Suspense fallback={<Loading what="the difference" />}>
        <JsonDiff title={title} before={old} after={present} layout={layout} />
      </Suspense>
    </SpaceBetween>
  );
}
