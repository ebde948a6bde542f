import Alert from '@cloudscape-design/components/alert';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { EmptyState } from '@/components/empty-state';
import { PolicyView } from '@/components/policy-view';
import { RequestLink } from '@/components/request-link';
import { TimeText } from '@/components/time-text';
import type { Holder, Role } from '@/features/resources/api/resources';
import { wordsOfUse } from '@/features/resources/lib/words';

function identityText(identity: string): string {
  const [kind, name] = [identity.slice(0, identity.indexOf(':')), identity.slice(identity.indexOf(':') + 1)];
  return kind === 'group' ? `${name} (group)` : name;
}

const COLUMNS: TableProps.ColumnDefinition<Holder>[] = [
  { id: 'who', header: 'Who', isRowHeader: true, minWidth: 180, cell: ({ identity }) => identityText(identity) },
  { id: 'why', header: 'Why', minWidth: 200, cell: ({ reason }) => reason },
  { id: 'where', header: 'Where', minWidth: 160, cell: ({ use }) => wordsOfUse(use) },
  {
    id: 'counts',
    header: 'Counts now',
    minWidth: 200,
    cell: ({ counts, because }) =>
      counts ? (
        <StatusIndicator type="success">Yes</StatusIndicator>
      ) : (
        <StatusIndicator type="stopped">{because}</StatusIndicator>
      ),
  },
  {
    id: 'until',
    header: 'Until',
    minWidth: 140,
    cell: ({ until }) => (until === null ? 'It is taken away' : <TimeText at={until} />),
  },
];

/** Who may use a role through this product, and what its trust policy lacks for that. */
export function HoldersTable({ role }: { role: Role }) {
  const { authorized, trust } = role;
  return (
    <SpaceBetween size="m">
      {trust.mending_statement !== null && (
        <Alert type="warning" header="The trust policy does not let ConsoleMe do all it needs">
          Add this statement to it:
          <PolicyView label="The missing statement" document={trust.mending_statement} />
        </Alert>
      )}
      <Table
        variant="embedded"
        contentDensity="compact"
        wrapLines
        items={authorized}
        columnDefinitions={COLUMNS}
        ariaLabels={{ tableLabel: 'Who may use the role' }}
        header={
          <Header
            variant="h2"
            counter={`(${String(authorized.length)})`}
            actions={
              <RequestLink about={{ arn: role.arn, change: 'role_access' }}>Request access for somebody</RequestLink>
            }
          >
            Who may use it through ConsoleMe
          </Header>
        }
        empty={
          <EmptyState title="Nobody">
            No tag of the role and no line of the configuration names anybody, and nobody was granted it.
          </EmptyState>
        }
      />
    </SpaceBetween>
  );
}
