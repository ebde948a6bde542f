import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, Suspense, useState } from 'react';
import type { CodeDiffProps, DiffLayout } from '@/components/code/code-diff';
import { Loading } from '@/components/loading';

const LAYOUTS: readonly { id: DiffLayout; text: string }[] = [
  { id: 'side-by-side', text: 'Side by side' },
  { id: 'unified', text: 'Unified' },
];

function firstLayout(): DiffLayout {
  return window.matchMedia('(min-width: 900px)').matches ? 'side-by-side' : 'unified';
}

interface Props {
  title: string;
  before: string;
  after: string;
  beforeLabel: string;
  afterLabel: string;
  draw: (props: Omit<CodeDiffProps, 'language'>) => ReactNode;
}

/** Two texts beside each other or in one column, as the reader likes. */
export function DiffView({ title, before, after, beforeLabel, afterLabel, draw }: Props) {
  const [layout, setLayout] = useState<DiffLayout>(firstLayout);
  const whole = before === '' || after === '';
  return (
    <SpaceBetween size="xs">
      {whole ? (
        <Box variant="awsui-key-label">
          {before === '' ? `${afterLabel}, all of it new` : `${beforeLabel}, all of it removed`}
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
      <Suspense fallback={<Loading what="the difference" />}>{draw({ title, before, after, layout })}</Suspense>
    </SpaceBetween>
  );
}
