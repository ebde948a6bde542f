import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { InAppLink } from '@/components/in-app-link';
import { PathText } from '@/components/path-text';
import { attachedQuery } from '@/features/resources/api/resources';
import { pageOfPrincipal } from '@/features/resources/lib/address';
import { parseArn } from '@/lib/arn';

/** The roles, users and groups that a managed policy counts for. */
export function AttachedPrincipals({ arn }: { arn: string }) {
  const attached = useQuery(attachedQuery(arn));
  const account = parseArn(arn)?.account ?? '';
  return (
    <AwaitData query={attached} what="whom it is attached to">
      {({ principals }) => (
        <Table
          variant="embedded"
          contentDensity="compact"
          wrapLines
          items={principals}
          trackBy="arn"
          ariaLabels={{ tableLabel: 'Attached to' }}
          columnDefinitions={[
            { id: 'kind', header: 'What', cell: ({ kind }) => kind },
            {
              id: 'name',
              header: 'Name',
              isRowHeader: true,
              cell: ({ kind, name }) => {
                const page = pageOfPrincipal(kind, account, name);
                return page === null ? name : <InAppLink to={page}>{name}</InAppLink>;
              },
            },
            { id: 'arn', header: 'ARN', cell: (one) => <PathText path={one.arn} /> },
          ]}
          header={
            <Header
              variant="h2"
              counter={`(${String(principals.length)})`}
              description="As AWS says now. Whoever edits the policy changes what all of these may do."
            >
              Attached to
            </Header>
          }
          empty={<EmptyState title="It is attached to nobody that you see" />}
        />
      )}
    </AwaitData>
  );
}
