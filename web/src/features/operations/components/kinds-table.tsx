import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { EmptyState } from '@/components/empty-state';
import type { Kind } from '@/features/operations/api/operations';
import { span } from '@/features/operations/lib/spans';

const COLUMNS: TableProps.ColumnDefinition<Kind>[] = [
  { id: 'kind', header: 'Type of resource', isRowHeader: true, minWidth: 180, cell: ({ kind }) => kind },
  { id: 'every', header: 'Read', minWidth: 110, cell: ({ every }) => `every ${span(every)}` },
  {
    id: 'staleness',
    header: 'Oldest',
    minWidth: 150,
    cell: ({ max_staleness, stale, scopes }) =>
      scopes === 0 ? (
        '–'
      ) : (
        <StatusIndicator type={stale > 0 ? 'error' : 'success'}>{span(max_staleness)}</StatusIndicator>
      ),
  },
  { id: 'scopes', header: 'Places', cell: ({ scopes }) => scopes },
  { id: 'stale', header: 'Stale', cell: ({ stale }) => stale },
  { id: 'failing', header: 'Failing', cell: ({ failing }) => failing },
  { id: 'never', header: 'Not read yet', cell: ({ never }) => never },
  { id: 'unreached', header: 'Not reached', cell: ({ unreached }) => unreached },
];

export function KindsTable({ kinds }: { kinds: readonly Kind[] }) {
  return (
    <Table
      items={kinds}
      trackBy="kind"
      contentDensity="compact"
      columnDefinitions={COLUMNS}
      ariaLabels={{ tableLabel: 'Types of resources' }}
      empty={<EmptyState title="No type of resource is read" />}
      header={
        <Header
          variant="h2"
          counter={`(${String(kinds.length)})`}
          description="How old the inventory is. A place is an account, or a region of it; it is stale after two rounds."
        >
          Types of resources
        </Header>
      }
    />
  );
}
