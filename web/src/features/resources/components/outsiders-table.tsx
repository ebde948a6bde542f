import Alert from '@cloudscape-design/components/alert';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { EmptyState } from '@/components/empty-state';
import type { Outsider, Role } from '@/features/resources/api/resources';
import { outsiderKind } from '@/features/resources/lib/words';

type Exposure = Role['exposure'];

function Kind({ outsider: { kind, pinned } }: { outsider: Outsider }) {
  const word = outsiderKind(kind);
  if (kind === 'everybody') return <StatusIndicator type="error">{word}</StatusIndicator>;
  if (kind === 'deleted') return <StatusIndicator type="stopped">{word}</StatusIndicator>;
  return pinned ? word : <StatusIndicator type="warning">{`${word}, for anybody`}</StatusIndicator>;
}

const COLUMNS: TableProps.ColumnDefinition<Outsider>[] = [
  { id: 'kind', header: 'What', minWidth: 170, cell: (outsider) => <Kind outsider={outsider} /> },
  {
    id: 'who',
    header: 'Who',
    isRowHeader: true,
    minWidth: 240,
    cell: ({ who, account_name }) => (
      <span className="breaking">
        {who}
        {account_name !== null && ` (${account_name}, one of ours)`}
      </span>
    ),
  },
  { id: 'actions', header: 'May do', minWidth: 180, cell: ({ actions }) => actions.join(', ') || '–' },
  {
    id: 'conditions',
    header: 'Under conditions on',
    minWidth: 160,
    cell: ({ conditions }) => conditions.join(', ') || '–',
  },
  { id: 'statement', header: 'By statement', minWidth: 120, cell: ({ statement }) => statement },
];

/** Whom the resource's own policy lets in from outside its account. */
export function OutsidersTable({ exposure }: { exposure: Exposure }) {
  const { outsiders, denies, unreadable, public: isPublic } = exposure;
  return (
    <SpaceBetween size="m">
      {isPublic && (
        <Alert type="error" header="Everybody is let in">
          A statement allows everybody, and none of its conditions says who they are. Settings beside the policy, such
          as S3's Block Public Access, may still keep them out.
        </Alert>
      )}
      {unreadable.length > 0 && (
        <Alert type="warning" header="Part of the policy could not be understood">
          {unreadable.map((one) => (
            <div key={one}>{one}</div>
          ))}
        </Alert>
      )}
      <Table
        variant="embedded"
        contentDensity="compact"
        wrapLines
        items={outsiders}
        columnDefinitions={COLUMNS}
        ariaLabels={{ tableLabel: 'Who is let in from outside' }}
        header={
          <Header
            variant="h2"
            counter={`(${String(outsiders.length)})`}
            description={
              denies
                ? 'The policy denies something too, which may take back part of this.'
                : 'Read from the statements that allow.'
            }
          >
            Who is let in from outside the account
          </Header>
        }
        empty={
          <EmptyState title="Nobody from outside">The policy names only its own account, or there is none.</EmptyState>
        }
      />
    </SpaceBetween>
  );
}
