import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { TimeText } from '@/components/time-text';
import { type CurrentConfiguration, historyQuery, type Version } from '@/features/configuration/api/configuration';
import { VersionModal } from '@/features/configuration/components/version-modal';
import { personName } from '@/features/configuration/lib/person';

function columns(onOpen: (number: number) => void): TableProps.ColumnDefinition<Version>[] {
  return [
    {
      id: 'number',
      header: 'Version',
      isRowHeader: true,
      minWidth: 110,
      cell: ({ number }) => (
        <Button variant="inline-link" ariaLabel={`Look at version ${String(number)}`} onClick={() => onOpen(number)}>
          {`Version ${String(number)}`}
        </Button>
      ),
    },
    {
      id: 'saved',
      header: 'Saved',
      minWidth: 180,
      cell: ({ saved_by, saved_at }) => (
        <>
          <Box>{personName(saved_by)}</Box>
          <Box fontSize="body-s" color="text-body-secondary">
            <TimeText at={saved_at} />
          </Box>
        </>
      ),
    },
    {
      id: 'comment',
      header: 'Why',
      minWidth: 200,
      cell: ({ comment, restored }) => (
        <>
          {restored !== null && <Box>{`Took up version ${String(restored)} again`}</Box>}
          <span className="breaking">{comment === '' && restored === null ? '–' : comment}</span>
        </>
      ),
    },
    {
      id: 'sections',
      header: 'Changed sections',
      minWidth: 160,
      cell: ({ sections }) => (sections.length === 0 ? '–' : sections.join(', ')),
    },
  ];
}

/** Every version that was ever saved. The address of the page names the one that is looked at. */
export function History({ current }: { current: CurrentConfiguration }) {
  const history = useInfiniteQuery(historyQuery);
  const [params, setParams] = useSearchParams();
  const open = (number: number | null) =>
    setParams(number === null ? {} : { version: String(number) }, { replace: true });
  const opened = /^[1-9]\d{0,8}$/.exec(params.get('version') ?? '')?.[0];
  return (
    <>
      <AwaitData query={history} what="the history">
        {({ pages }) => {
          const versions = pages.flatMap((page) => page.versions);
          return (
            <Table
              header={<Header variant="h2">History</Header>}
              items={versions}
              trackBy="number"
              wrapLines
              contentDensity="compact"
              ariaLabels={{ tableLabel: 'Versions of the configuration' }}
              columnDefinitions={columns(open)}
              empty={
                <EmptyState title="Nothing was saved yet">
                  What ships with the package is in force until the first save.
                </EmptyState>
              }
              footer={
                history.hasNextPage ? (
                  <Box textAlign="center">
                    <Button loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
                      Show older versions
                    </Button>
                  </Box>
                ) : undefined
              }
            />
          );
        }}
      </AwaitData>
      {opened !== undefined && (
        <VersionModal key={opened} number={Number(opened)} current={current} onClose={() => open(null)} />
      )}
    </>
  );
}
