import Alert from '@cloudscape-design/components/alert';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { ArnText } from '@/components/arn-text';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { InAppLink } from '@/components/in-app-link';
import { TimeText } from '@/components/time-text';
import { roleReviewQuery } from '@/features/audit/api/audit';
import type { RoleReview } from '@/features/audit/lib/types';

type Holder = RoleReview['holders'][number];

function Identity({ identity }: { identity: string }) {
  const [kind, name] = [identity.slice(0, identity.indexOf(':')), identity.slice(identity.indexOf(':') + 1)];
  return kind === 'user' ? (
    <InAppLink to={`/audit/access?q=${encodeURIComponent(name)}`}>{name}</InAppLink>
  ) : (
    <>{`${name} (group)`}</>
  );
}

function Window({ holder }: { holder: Holder }) {
  const { not_before, not_after, in_force } = holder;
  if (!in_force) return <StatusIndicator type="stopped">Not in force</StatusIndicator>;
  if (not_after === null) return not_before === null ? 'Until it is taken away' : <TimeText at={not_before} />;
  return (
    <>
      Ends <TimeText at={not_after} />
    </>
  );
}

const COLUMNS: TableProps.ColumnDefinition<Holder>[] = [
  {
    id: 'who',
    header: 'Who',
    isRowHeader: true,
    minWidth: 180,
    cell: ({ identity }) => <Identity identity={identity} />,
  },
  { id: 'why', header: 'Why', minWidth: 220, cell: ({ sources }) => sources.join(', ') },
  {
    id: 'how',
    header: 'Where',
    minWidth: 140,
    cell: ({ cli_only }) => (cli_only ? 'Command line only' : 'Everywhere'),
  },
  { id: 'window', header: 'When', minWidth: 140, cell: (holder) => <Window holder={holder} /> },
];

export function RoleAccess({ arn }: { arn: string }) {
  const review = useQuery(roleReviewQuery(arn));
  return (
    <AwaitData query={review} what="who may use the role">
      {(found) => (
        <SpaceBetween size="m">
          {found.refusal !== null && <Alert type="info">{`Nobody gets this role: ${found.refusal}`}</Alert>}
          {found.too_old && (
            <Alert type="warning" header="This account was not read for long">
              {found.synced_at === null ? (
                'It was never read. '
              ) : (
                <>
                  It was last read <TimeText at={found.synced_at} />.{' '}
                </>
              )}
              Nobody gets the role by what is listed here before it is confirmed in IAM.
            </Alert>
          )}
          <Table
            items={found.holders}
            trackBy="identity"
            wrapLines
            columnDefinitions={COLUMNS}
            ariaLabels={{ tableLabel: 'Who may use the role' }}
            header={
              <Header
                variant="h2"
                counter={`(${String(found.holders.length)})`}
                description={
                  <SpaceBetween size="xxs">
                    <ArnText arn={found.role_arn} />
                    <InAppLink to={`/audit?target=${encodeURIComponent(found.role_arn)}`}>
                      What was done with it
                    </InAppLink>
                  </SpaceBetween>
                }
              >
                {`Who may use this role${found.account_name === null ? '' : ` of ${found.account_name}`}`}
              </Header>
            }
            empty={
              <EmptyState title="Nobody">
                No tag and no configuration gives it to anybody, or it does not exist.
              </EmptyState>
            }
          />
        </SpaceBetween>
      )}
    </AwaitData>
  );
}
