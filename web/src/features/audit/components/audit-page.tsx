import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearchParams } from 'react-router';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { activityQuery, useExport } from '@/features/audit/api/audit';
import { ActivityFilters } from '@/features/audit/components/activity-filters';
import { ActivityTable } from '@/features/audit/components/activity-table';
import { AuditorsOnly } from '@/features/audit/components/auditors-only';
import { type ActivityFilter, filterOf, paramsOf } from '@/features/audit/lib/activity-filter';
import { usePageTitle } from '@/lib/page-title';

function ExportButton({ filter }: { filter: ActivityFilter }) {
  const run = useExport();
  return (
    <ButtonDropdown
      loading={run.isPending}
      loadingText="Exporting"
      items={[
        { id: 'csv', text: 'CSV', secondaryText: 'For a spreadsheet' },
        { id: 'jsonl', text: 'JSON lines', secondaryText: 'With digests, to verify elsewhere' },
      ]}
      onItemClick={({ detail }) => run.mutate({ filter, format: detail.id === 'jsonl' ? 'jsonl' : 'csv' })}
    >
      Export
    </ButtonDropdown>
  );
}

function Activity() {
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const filter = filterOf(params);
  const log = useInfiniteQuery(activityQuery(filter));
  const pages = log.data?.pages ?? [];
  const entries = pages.flatMap((page) => page.entries);
  const unreadable = pages.reduce((sum, page) => sum + page.unreadable, 0);
  const more = log.hasNextPage && (
    <Button loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
      {entries.length === 0 ? 'Look further back' : 'Show older entries'}
    </Button>
  );
  return (
    <ActivityTable
      entries={entries}
      loading={log.isPending}
      header={
        <SpaceBetween size="s">
          <Header
            variant="awsui-h1-sticky"
            description="Who did what to what, why, and how it ended. Times are those of your browser."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  iconName="refresh"
                  ariaLabel="Read the audit log again"
                  loading={log.isRefetching}
                  onClick={() => void log.refetch()}
                />
                <Button
                  href="/audit/access"
                  onFollow={(event) => {
                    event.preventDefault();
                    void navigate('/audit/access');
                  }}
                >
                  Who may use what
                </Button>
                <ExportButton filter={filter} />
              </SpaceBetween>
            }
          >
            Audit log
          </Header>
          {log.isError && <ErrorState error={log.error} onRetry={() => void log.refetch()} />}
          {unreadable > 0 && (
            <Alert type="error" header="Somebody has damaged the audit log">
              {`${String(unreadable)} of these entries can't be read. The page Checks names what was altered or is missing.`}
            </Alert>
          )}
        </SpaceBetween>
      }
      filter={
        <ActivityFilters
          key={params.toString()}
          filter={filter}
          onSearch={(next) => setParams(paramsOf(next), { replace: true })}
        />
      }
      empty={
        log.hasNextPage ? (
          <EmptyState title="Nothing so far" action={more}>
            Much was read, and nothing of it fits. There is more.
          </EmptyState>
        ) : (
          <EmptyState title="No entry fits">Choose a longer time, or fewer words.</EmptyState>
        )
      }
      footer={
        entries.length > 0 ? (
          <Box textAlign="center" padding={{ vertical: 's' }}>
            {more || <Box color="text-body-secondary">This is all.</Box>}
          </Box>
        ) : undefined
      }
    />
  );
}

export function AuditPage() {
  usePageTitle('Audit log');
  return (
    <AuditorsOnly>
      <Activity />
    </AuditorsOnly>
  );
}
