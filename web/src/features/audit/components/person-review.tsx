import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCollection } from '@cloudscape-design/collection-hooks';
import Pagination from '@cloudscape-design/components/pagination';
import { useQuery } from '@tanstack/react-query';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { InAppLink } from '@/components/in-app-link';
import { PathText } from '@/components/path-text';
import { TimeText } from '@/components/time-text';
import { personReviewQuery } from '@/features/audit/api/audit';
import type { PersonReview } from '@/features/audit/lib/types';

type Role = PersonReview['roles'][number];

function reason({ identity, source }: Role['reasons'][number]): string {
  return `${identity} by ${source}`;
}

const COLUMNS: TableProps.ColumnDefinition<Role>[] = [
  {
    id: 'role',
    header: 'Role',
    isRowHeader: true,
    minWidth: 260,
    cell: ({ role_arn, account_name }) => (
      <>
        <Box fontWeight="bold">{account_name ?? role_arn.split(':')[4]}</Box>
        <InAppLink to={`/audit/access?q=${encodeURIComponent(role_arn)}`}>
          <code>
            <PathText path={role_arn} />
          </code>
        </InAppLink>
      </>
    ),
  },
  { id: 'why', header: 'Why', minWidth: 220, cell: ({ reasons }) => reasons.map(reason).join(', ') },
  {
    id: 'how',
    header: 'Where',
    minWidth: 140,
    cell: ({ cli_only }) => (cli_only ? 'Command line only' : 'Everywhere'),
  },
  {
    id: 'ends',
    header: 'Until',
    minWidth: 130,
    cell: ({ not_after, too_old }) => (
      <>
        {not_after === null ? 'It is taken away' : <TimeText at={not_after} />}
        {too_old && <Box color="text-status-warning">Account not read for long</Box>}
      </>
    ),
  },
];

function Roles({ person }: { person: PersonReview }) {
  const { items, collectionProps, paginationProps } = useCollection(person.roles, {
    pagination: { pageSize: 50 },
    filtering: { empty: <EmptyState title="None">No role names this person or one of their groups.</EmptyState> },
  });
  return (
    <Table
      {...collectionProps}
      items={items}
      trackBy="role_arn"
      wrapLines
      columnDefinitions={COLUMNS}
      ariaLabels={{ tableLabel: 'Roles of this person' }}
      header={
        <Header variant="h2" counter={`(${String(person.roles.length)})`}>
          Roles
        </Header>
      }
      pagination={paginationProps.pagesCount > 1 ? <Pagination {...paginationProps} /> : undefined}
    />
  );
}

export function PersonAccess({ user }: { user: string }) {
  const review = useQuery(personReviewQuery(user));
  return (
    <AwaitData query={review} what="what the person may use">
      {(person) => (
        <SpaceBetween size="m">
          {person.suspended && (
            <Alert type="warning" header="Suspended">
              The directory has suspended this person: they can&apos;t sign in, and get nothing of what is listed here.
            </Alert>
          )}
          {person.observed_at === null && (
            <Alert type="info">
              Nobody of this name has signed in, and no directory knows them: no group is known.
            </Alert>
          )}
          <Container
            header={
              <Header
                variant="h2"
                description={
                  <InAppLink to={`/audit?person=${encodeURIComponent(person.user)}`}>What they have done</InAppLink>
                }
              >
                {person.user}
              </Header>
            }
          >
            <KeyValuePairs
              columns={2}
              items={[
                { label: 'Groups', value: person.groups.length === 0 ? 'None' : person.groups.join(', ') },
                {
                  label: 'As known',
                  value:
                    person.observed_at === null ? (
                      'Never'
                    ) : (
                      <>
                        <TimeText at={person.observed_at} />, {person.source}
                      </>
                    ),
                },
              ]}
            />
          </Container>
          <Roles person={person} />
        </SpaceBetween>
      )}
    </AwaitData>
  );
}
