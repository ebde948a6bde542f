import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { ErrorState } from '@/components/error-state';
import { accountsQuery, tableQuery } from '@/features/search/api/search';
import { ResourcesTable } from '@/features/search/components/resources-table';
import { type TableView, paramsOf, viewOf } from '@/features/search/lib/table-view';
import { usePageTitle } from '@/lib/page-title';

/** The next page is there before somebody asks for it. */
function useNextPage(next: TableView | null | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (next !== null && next !== undefined) void client.query(tableQuery(next)).catch(() => undefined);
  }, [client, next]);
}

export function ResourcesPage() {
  usePageTitle('Resources');
  const [params, setParams] = useSearchParams();
  const view = viewOf(params);
  const table = useQuery(tableQuery(view));
  const accounts = useQuery(accountsQuery);
  const troubled = useMemo(
    () =>
      new Map(
        (accounts.data?.accounts ?? [])
          .filter(({ last_error }) => last_error !== null)
          .map((account) => [account.account_id, account]),
      ),
    [accounts.data],
  );
  useNextPage(table.isPlaceholderData ? null : table.data?.next);

  const show = (next: TableView) => {
    const moved = next.page !== view.page;
    // A page of its own in the browser's history for each page of the table; typing leaves none behind.
    setParams(paramsOf(next), { replace: !moved, preventScrollReset: true });
  };

  return (
    <ResourcesTable
      view={view}
      shown={table.data}
      troubled={troubled}
      loading={table.isPending}
      busy={table.isFetching && !table.isPending}
      failure={table.isError && <ErrorState error={table.error} onRetry={() => void table.refetch()} />}
      onChange={show}
      onReload={() => void table.refetch()}
    />
  );
}
