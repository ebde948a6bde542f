import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { EmptyState } from '@/components/empty-state';
import { RequestLink } from '@/components/request-link';
import type { Tag } from '@/features/resources/api/resources';

interface Props {
  arn: string;
  tags: readonly Tag[];
  refused?: boolean;
}

export function TagsTable({ arn, tags, refused = false }: Props) {
  const about = { arn, change: 'resource_tag' };
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      wrapLines
      items={tags}
      trackBy="Key"
      ariaLabels={{ tableLabel: 'Tags' }}
      header={
        <Header variant="h2" actions={<RequestLink about={about}>Request another tag</RequestLink>}>
          Tags
        </Header>
      }
      columnDefinitions={[
        { id: 'key', header: 'Key', isRowHeader: true, cell: ({ Key }) => <span className="breaking">{Key}</span> },
        { id: 'value', header: 'Value', cell: ({ Value }) => <span className="breaking">{Value}</span> },
        {
          id: 'requests',
          header: 'Request',
          minWidth: 170,
          cell: ({ Key, Value }) => (
            <SpaceBetween direction="horizontal" size="s">
              <RequestLink
                inline
                about={{ ...about, key: Key, original_key: Key, value: Value }}
                ariaLabel={`Request another value of ${Key}`}
              >
                Another value
              </RequestLink>
              <RequestLink inline about={{ ...about, key: Key, removes: 'yes' }} ariaLabel={`Request to remove ${Key}`}>
                Removal
              </RequestLink>
            </SpaceBetween>
          ),
        },
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
