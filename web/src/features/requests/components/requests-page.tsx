import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { InAppButton } from '@/components/in-app-button';
import { ErrorState } from '@/components/error-state';
import { requestsQuery } from '@/features/requests/api/requests';
import { RequestsTable } from '@/features/requests/components/requests-table';
import { paramsOf, viewOf } from '@/features/requests/lib/table-view';
import { usePageTitle } from '@/lib/page-title';

export function RequestsPage() {
  usePageTitle('Requests');
  const [params, setParams] = useSearchParams();
  const view = viewOf(params);
  const requests = useInfiniteQuery(requestsQuery(view));
  return (
    <RequestsTable
      view={view}
      shown={requests.data}
      busy={requests.isFetching}
      loadingMore={requests.isFetchingNextPage}
      failure={requests.isError ? <ErrorState error={requests.error} onRetry={() => void requests.refetch()} /> : null}
      onChange={(next) => setParams(paramsOf(next), { replace: true })}
      onReload={() => void requests.refetch()}
      onMore={() => void requests.fetchNextPage()}
      newRequest={
        <InAppButton variant="primary" to="/requests/new">
          New request
        </InAppButton>
      }
    />
  );
}
