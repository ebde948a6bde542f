import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { RefreshRun } from '@/api/types';
import { hasFailed, isDone } from '@/features/inventory/lib/run-summary';

interface Props {
  run: RefreshRun;
  names: ReadonlyMap<string, string>;
}

export function AccountRuns({ run, names }: Props) {
  const rows = Object.entries(run.accounts).map(([id, account]) => ({ id, name: names.get(id) ?? id, account }));
  rows.sort((left, right) => left.name.localeCompare(right.name));
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      items={rows}
      trackBy="id"
      ariaLabels={{ tableLabel: 'Accounts of this refresh' }}
      columnDefinitions={[
        { id: 'name', header: 'Account', isRowHeader: true, cell: ({ name }) => name },
        {
          id: 'status',
          header: 'Status',
          cell: ({ account }) => (
            <StatusIndicator type={hasFailed(account) ? 'error' : isDone(account) ? 'success' : 'in-progress'}>
              {account.status}
            </StatusIndicator>
          ),
        },
        { id: 'roles', header: 'Roles', cell: ({ account }) => account.roles },
        { id: 'written', header: 'Written', cell: ({ account }) => account.written },
      ]}
    />
  );
}
