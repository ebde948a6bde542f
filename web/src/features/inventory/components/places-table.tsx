import Header from '@cloudscape-design/components/header';
import Box from '@cloudscape-design/components/box';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCollection } from '@cloudscape-design/collection-hooks';
import { EmptyState } from '@/components/empty-state';
import { TimeText } from '@/components/time-text';
import type { Place } from '@/features/inventory/api/account';
import { WhyPopover } from '@/features/inventory/components/why-popover';
import { FRESHNESS, placeText } from '@/features/inventory/lib/standing';

const COLUMNS: TableProps.ColumnDefinition<Place>[] = [
  {
    id: 'kind',
    header: 'Type',
    isRowHeader: true,
    sortingField: 'kind',
    cell: ({ kind }) => placeText({ kind, region: '' }),
  },
  { id: 'region', header: 'Region', sortingField: 'region', cell: ({ region }) => (region === '' ? 'Global' : region) },
  {
    id: 'freshness',
    header: 'State',
    sortingField: 'freshness',
    minWidth: 160,
    cell: (place) => (
      <>
        <WhyPopover look={FRESHNESS[place.freshness]} header={`Why ${placeText(place)} is not up to date`}>
          {place.reason}
        </WhyPopover>
        {place.held && (
          <Box fontSize="body-s" color="text-body-secondary">
            Some vanished; it waits for a second look
          </Box>
        )}
      </>
    ),
  },
  {
    id: 'success',
    header: 'Last read',
    sortingField: 'succeeded_at',
    cell: ({ succeeded_at }) => (succeeded_at === null ? 'Never' : <TimeText at={succeeded_at} />),
  },
  {
    id: 'failure',
    header: 'Last failure',
    sortingField: 'failed_at',
    cell: ({ failed_at }) => (failed_at === null ? 'None' : <TimeText at={failed_at} />),
  },
];

/** Each type of resource in each region, and how fresh it is. */
export function PlacesTable({ places }: { places: readonly Place[] }) {
  const { items, collectionProps } = useCollection(places, { sorting: {} });
  const fresh = places.filter(({ freshness }) => freshness === 'fresh').length;
  return (
    <Table
      {...collectionProps}
      items={items}
      trackBy={({ kind, region }) => `${kind} ${region}`}
      columnDefinitions={COLUMNS}
      contentDensity="compact"
      wrapLines
      ariaLabels={{ tableLabel: 'Freshness by type and region' }}
      empty={<EmptyState title="Nothing is read here">Only active accounts are read.</EmptyState>}
      header={
        <Header
          variant="h2"
          counter={`(${String(fresh)} of ${String(places.length)} up to date)`}
          description="What could not be read stays as it was last seen, and is read again by the next refresh."
        >
          Freshness
        </Header>
      }
    />
  );
}
