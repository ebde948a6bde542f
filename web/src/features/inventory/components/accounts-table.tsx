import { useCollection } from '@cloudscape-design/collection-hooks';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Pagination from '@cloudscape-design/components/pagination';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactNode } from 'react';
import type { Account } from '@/api/types';
import { EmptyState } from '@/components/empty-state';
import { InAppLink } from '@/components/in-app-link';
import { TimeText } from '@/components/time-text';
import { WhyPopover } from '@/features/inventory/components/why-popover';
import { placeText, STANDINGS, statusText } from '@/features/inventory/lib/standing';

function Troubles({ account: { name, standing, fresh, scopes, troubles } }: { account: Account }) {
  if (scopes === 0) return '–';
  const counts = `${String(fresh)} of ${String(scopes)}`;
  // Where nobody gets in, each place would only say so again.
  if (troubles.length === 0 || standing === 'unreached') return counts;
  const more = scopes - fresh - troubles.length;
  return (
    <WhyPopover look={['warning', counts]} header={`What is not up to date in ${name}`}>
      {troubles.map((place) => (
        <div key={`${place.kind} ${place.region}`}>
          <strong>{placeText(place)}</strong>: {place.reason}
        </div>
      ))}
      {more > 0 && <div>and {more} more</div>}
    </WhyPopover>
  );
}

const COLUMNS: TableProps.ColumnDefinition<Account>[] = [
  {
    id: 'name',
    header: 'Account',
    isRowHeader: true,
    sortingField: 'name',
    minWidth: 200,
    cell: ({ name, account_id, aliases }) => (
      <>
        <InAppLink to={`/inventory/${account_id}`}>{name}</InAppLink>
        <Box fontSize="body-s" color="text-body-secondary">
          {[account_id, ...aliases].join(' · ')}
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
  {
    id: 'standing',
    header: 'Inventory',
    sortingField: 'standing',
    minWidth: 170,
    cell: ({ name, standing, status, spoke }) => (
      <WhyPopover
        look={standing === 'inactive' ? ['stopped', statusText(status)] : STANDINGS[standing]}
        header={`What AWS says of ${name}`}
      >
        {spoke.reason}
      </WhyPopover>
    ),
  },
  {
    id: 'fresh',
    header: 'Up to date',
    minWidth: 120,
    cell: (account) => <Troubles account={account} />,
  },
  {
    id: 'success',
    header: 'Roles last read',
    sortingField: 'last_success',
    minWidth: 150,
    cell: ({ last_success }) =>
      last_success === null ? <StatusIndicator type="pending">Never</StatusIndicator> : <TimeText at={last_success} />,
  },
];

export function AccountsTable({ accounts, header }: { accounts: readonly Account[]; header: ReactNode }) {
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount, actions } = useCollection(
    accounts,
    {
      filtering: {
        filteringFunction: (account, text) => {
          const { account_id, name, aliases, environment, owner, ou_path, status, spoke, troubles } = account;
          const words = [account_id, name, ...aliases, environment, owner, ou_path, statusText(status), spoke.reason];
          const said = [
            STANDINGS[account.standing][1],
            ...troubles.map((place) => `${placeText(place)} ${place.reason ?? ''}`),
          ];
          const haystack = [...words, ...said].join('\n').toLowerCase();
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
