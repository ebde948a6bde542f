import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { RefreshRun } from '@/api/types';
import { useProfile } from '@/api/queries/user-profile';
import { isAdministrator, mayOperate } from '@/api/site';
import { AwaitData } from '@/components/await-data';
import { ErrorState } from '@/components/error-state';
import { accountsQuery, isRunning, refreshesQuery, useStartRefresh } from '@/features/inventory/api/inventory';
import { AccountsTable } from '@/features/inventory/components/accounts-table';
import { RefreshProgress } from '@/features/inventory/components/refresh-progress';
import { usePageTitle } from '@/lib/page-title';

/** When a run ends, the accounts are read again. */
function useReloadAfterRun(latest: RefreshRun | undefined): void {
  const client = useQueryClient();
  const followed = useRef<string | null>(null);
  useEffect(() => {
    if (latest === undefined) return;
    if (isRunning(latest)) {
      followed.current = latest.run_id;
    } else if (followed.current === latest.run_id) {
      followed.current = null;
      void client.invalidateQueries({ queryKey: accountsQuery.queryKey });
      void client.invalidateQueries({ queryKey: ['eligible-roles'] });
    }
  }, [latest, client]);
}

export function InventoryPage() {
  usePageTitle('Inventory');
  const profile = useProfile();
  const [administrator, operator] = [isAdministrator(profile), mayOperate(profile)];
  const accounts = useQuery(accountsQuery);
  const refreshes = useQuery({ ...refreshesQuery, enabled: operator });
  const start = useStartRefresh();
  const latest = refreshes.data?.runs.toSorted((left, right) => right.started_at - left.started_at)[0];
  const running = latest !== undefined && isRunning(latest);
  useReloadAfterRun(latest);

  return (
    <AwaitData query={accounts} what="the accounts">
      {({ accounts: known }) => (
        <AccountsTable
          accounts={known}
          header={
            <SpaceBetween size="m">
              <Header
                variant="awsui-h1-sticky"
                counter={`(${String(known.length)})`}
                description="What is known of each account, and since when."
                actions={
                  administrator ? (
                    <Button
                      variant="primary"
                      loading={start.isPending}
                      disabled={running}
                      disabledReason="A refresh is under way."
                      onClick={() => start.mutate(null)}
                    >
                      Refresh now
                    </Button>
                  ) : undefined
                }
              >
                Inventory
              </Header>
              {operator && refreshes.isPending && (
                <StatusIndicator type="loading">Loading the latest refresh</StatusIndicator>
              )}
              {refreshes.isError && <ErrorState error={refreshes.error} onRetry={() => void refreshes.refetch()} />}
              {latest !== undefined && (
                <RefreshProgress
                  run={latest}
                  names={new Map(known.map(({ account_id, name }) => [account_id, name]))}
                />
              )}
              {operator && refreshes.isSuccess && latest === undefined && (
                <Box color="text-body-secondary">No refresh has run yet.</Box>
              )}
            </SpaceBetween>
          }
        />
      )}
    </AwaitData>
  );
}
