import { useCollection } from '@cloudscape-design/collection-hooks';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Pagination from '@cloudscape-design/components/pagination';
import Popover from '@cloudscape-design/components/popover';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactNode } from 'react';
import type { Account } from '@/api/types';
import { EmptyState } from '@/components/empty-state';
import { TimeText } from '@/components/time-text';

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}

function LastError({ account: { name, last_error, last_error_at } }: { account: Account }) {
  if (last_error === null) return 'None';
  return (
    <Popover
      header={`Why ${name} failed`}
      size="large"
      renderWithPortal
      dismissAriaLabel="Close"
      content={<div className="breaking">{last_error}</div>}
    >
      <StatusIndicator type="error">Failed {last_error_at !== null && <TimeText at={last_error_at} />}</StatusIndicator>
    </Popover>
  );
}

const COLUMNS: TableProps.ColumnDefinition<Account>[] = [
  {
    id: 'name',
    header: 'Account',
    isRowHeader: true,
    sortingField: 'name',
    minWidth: 200,
    cell: ({ name, account_id }) => (
      <>
        <Box fontWeight="bold">{name}</Box>
        <Box fontSize="body-s" color="text-body-secondary">
          {account_id}
        </Box>
      </>
    ),
  },
  {
    id: 'environment',
    header: 'Environment',
    sortingField: 'environment',
    cell: ({ environment }) =>
      environment ? <Badge color={environment === 'prod' ? 'red' : 'grey'}>{environment}</Badge> : '–',
  },
  {
    id: 'ou',
    header: 'Organizational unit',
    sortingField: 'ou_path',
    cell: ({ ou_path }) => (ou_path === null || ou_path === '' ? '–' : ou_path),
  },
  { id: 'status', header: 'Status', sortingField: 'status', cell: ({ status }) => capitalised(status) },
  {
    id: 'success',
    header: 'Last success',
    sortingField: 'last_success',
    minWidth: 150,
    cell: ({ last_success }) =>
      last_success === null ? (
        <StatusIndicator type="pending">Never</StatusIndicator>
      ) : (
        <StatusIndicator type="success">
          <TimeText at={last_success} />
        </StatusIndicator>
      ),
  },
  {
    id: 'error',
    header: 'Last error',
    minWidth: 170,
    cell: (account) => <LastError account={account} />,
  },
];

export function AccountsTable({ accounts, header }: { accounts: readonly Account[]; header: ReactNode }) {
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount, actions } = useCollection(
    accounts,
    {
      filtering: {
        filteringFunction: (account, text) => {
          const { account_id, name, environment, ou_path, status, last_error } = account;
          const haystack = [account_id, name, environment, ou_path, status, last_error].join('\n').toLowerCase();
          return text
            .toLowerCase()
            .split(/\s+/)
            .every((word) => haystack.includes(word));
        },
        empty: (
          <EmptyState title="No account is known">
            An account source must be configured, and the first refresh must have run.
          </EmptyState>
        ),
        noMatch: <EmptyState title="No account matches">Clear the search to see all of them.</EmptyState>,
      },
      pagination: { pageSize: 50 },
      sorting: { defaultState: { sortingColumn: { sortingField: 'name' } } },
    },
  );
  return (
    <Table
      {...collectionProps}
      variant="full-page"
      contentDensity="compact"
      wrapLines
      stickyHeader
      items={items}
      trackBy="account_id"
      columnDefinitions={COLUMNS}
      header={header}
      ariaLabels={{ tableLabel: 'Accounts' }}
      filter={
        <TextFilter
          {...filterProps}
          filteringPlaceholder="Name, number, environment, unit or error"
          filteringAriaLabel="Search the accounts"
          countText={`${String(filteredItemsCount ?? 0)} found`}
          onChange={({ detail }) => actions.setFiltering(detail.filteringText)}
        />
      }
      pagination={paginationProps.pagesCount > 1 ? <Pagination {...paginationProps} /> : undefined}
    />
  );
}
