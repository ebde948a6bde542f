import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { InAppLink } from '@/components/in-app-link';
import { resourceQuery } from '@/features/resources/api/resources';
import { IdentityPage } from '@/features/resources/components/identity-page';
import { PolicedPage } from '@/features/resources/components/policed-page';
import { type Address, readAddress } from '@/features/resources/lib/address';
import { usePageTitle } from '@/lib/page-title';

function nameOf(address: Address): string {
  return (address.kind === 'resource' ? address.rest : address.name).split('/').at(-1) ?? '';
}

function Resource({ address }: { address: Address }) {
  const resource = useQuery(resourceQuery(address));
  usePageTitle(resource.data?.body.name ?? nameOf(address));
  return (
    <AwaitData query={resource} what="the resource">
      {(shown) =>
        shown.kind === 'resource' ? (
          <PolicedPage address={address} resource={shown.body} />
        ) : (
          <IdentityPage address={address} shown={shown} />
        )
      }
    </AwaitData>
  );
}

function NoSuchPage() {
  usePageTitle('Not found');
  return (
    <EmptyState title="This link leads to no resource" action={<InAppLink to="/policies">All resources</InAppLink>}>
      Pages of resources are those of roles, users, buckets, queues, topics and managed policies.
    </EmptyState>
  );
}

/** The page of one role, user, bucket, queue, topic or managed policy. */
export function ResourcePage() {
  const { accountId = '', service = '', '*': rest = '' } = useParams();
  const address = readAddress(accountId, service, rest);
  return address === null ? <NoSuchPage /> : <Resource key={JSON.stringify(address)} address={address} />;
}
