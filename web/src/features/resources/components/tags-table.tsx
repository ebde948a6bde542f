import Table from '@cloudscape-design/components/table';
import { EmptyState } from '@/components/empty-state';
import type { Tag } from '@/features/resources/api/resources';

export function TagsTable({ tags, refused = false }: { tags: readonly Tag[]; refused?: boolean }) {
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      wrapLines
      items={tags}
      trackBy="Key"
      ariaLabels={{ tableLabel: 'Tags' }}
      columnDefinitions={[
        { id: 'key', header: 'Key', isRowHeader: true, cell: ({ Key }) => <span className="breaking">{Key}</span> },
        { id: 'value', header: 'Value', cell: ({ Value }) => <span className="breaking">{Value}</span> },
      ]}
      empty={
        refused ? (
          <EmptyState title="AWS did not tell the tags">The resource's own policy keeps them from us.</EmptyState>
        ) : (
          <EmptyState title="It has no tags" />
        )
      }
    />
  );
}
