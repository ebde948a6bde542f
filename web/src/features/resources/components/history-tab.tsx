import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { PolicyDiff } from '@/components/policy-diff';
import { TimeText } from '@/components/time-text';
import { differenceQuery, historyQuery, type Version } from '@/features/resources/api/resources';
import { changedText } from '@/features/resources/lib/words';

function What({ version: { gone, changed } }: { version: Version }) {
  if (gone) return <StatusIndicator type="stopped">It was gone</StatusIndicator>;
  return changed.length === 0 ? 'First known content' : changedText(changed);
}

const COLUMNS: TableProps.ColumnDefinition<Version>[] = [
  { id: 'at', header: 'Since', isRowHeader: true, minWidth: 140, cell: ({ at }) => <TimeText at={at} /> },
  { id: 'what', header: 'What changed', minWidth: 220, cell: (version) => <What version={version} /> },
  {
    id: 'who',
    header: 'By whom',
    minWidth: 200,
    cell: ({ who }) => <span className="breaking">{who ?? 'Not known'}</span>,
  },
];

function Difference({ arn, version }: { arn: string; version: Version }) {
  const told = useQuery(differenceQuery(arn, version.id));
  return (
    <AwaitData query={told} what="the difference">
      {({ difference }) =>
        difference?.before || difference?.after ? (
          <PolicyDiff
            title="The resource"
            before={difference.before}
            after={difference.after}
            beforeLabel="Before"
            afterLabel="From then on"
          />
        ) : (
          <Box color="text-body-secondary">There is nothing to compare.</Box>
        )
      }
    </AwaitData>
  );
}

/** The last twenty contents of a resource, each beside the one before it. */
export function HistoryTab({ arn }: { arn: string }) {
  const history = useQuery(historyQuery(arn));
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <AwaitData query={history} what="its history">
      {({ versions }) => {
        const shown = versions.find(({ id }) => id === chosen) ?? versions[0];
        return (
          <SpaceBetween size="l">
            <Table
              variant="embedded"
              contentDensity="compact"
              wrapLines
              items={versions}
              trackBy="id"
              selectionType="single"
              selectedItems={shown === undefined ? [] : [shown]}
              onSelectionChange={({ detail }) => setChosen(detail.selectedItems[0]?.id ?? null)}
              columnDefinitions={COLUMNS}
              ariaLabels={{
                tableLabel: 'What it was before',
                selectionGroupLabel: 'Choose a version',
                itemSelectionLabel: (_, { at }) => `The version since ${new Date(at * 1000).toISOString()}`,
              }}
              header={
                <Header
                  variant="h2"
                  counter={`(${String(versions.length)})`}
                  description="The last twenty contents are kept. Who changed it is known when AWS's event told."
                >
                  What it was before
                </Header>
              }
              empty={
                <EmptyState title="It has not changed">
                  Since it was first seen its content has been the same. Times of last use are no change.
                </EmptyState>
              }
            />
            {shown !== undefined && <Difference key={shown.id} arn={arn} version={shown} />}
          </SpaceBetween>
        );
      }}
    </AwaitData>
  );
}
