import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { TimeText } from '@/components/time-text';
import {
  type Scope,
  type ScopeFilter,
  type ScopeState,
  scopesQuery,
  useRefreshAccount,
} from '@/features/operations/api/operations';
import { LastError } from '@/features/operations/components/last-error';
import { counted, span } from '@/features/operations/lib/spans';

const LOOKS: Record<ScopeState, [StatusIndicatorProps.Type, string]> = {
  stale: ['error', 'Stale'],
  failing: ['warning', 'Failing'],
  unreached: ['stopped', 'Not reached'],
  never: ['pending', 'Not read yet'],
  ok: ['success', 'Fine'],
};
const STATES: SelectProps.Option[] = [
  { value: '', label: 'Every state' },
  ...Object.entries(LOOKS).map(([value, [, label]]) => ({ value, label })),
];
const EVERYTHING: ScopeFilter = { kind: '', state: '', account: '' };

function columns(busy: Scope | undefined, refresh: (scope: Scope) => void): TableProps.ColumnDefinition<Scope>[] {
  return [
    {
      id: 'state',
      header: 'State',
      minWidth: 120,
      cell: ({ state, held }) => (
        <>
          <StatusIndicator type={LOOKS[state][0]}>{LOOKS[state][1]}</StatusIndicator>
          {held && <Box fontSize="body-s">Waits for a second look</Box>}
        </>
      ),
    },
    {
      id: 'account',
      header: 'Account',
      isRowHeader: true,
      minWidth: 140,
      cell: ({ account_name, account_id }) => (
        <>
          <Box fontWeight="bold">{account_name === '' ? account_id : account_name}</Box>
          {account_name !== '' && (
            <Box fontSize="body-s" color="text-body-secondary">
              {account_id}
            </Box>
          )}
        </>
      ),
    },
    {
      id: 'kind',
      header: 'Type and region',
      minWidth: 140,
      cell: ({ kind, region }) => (region === '' ? kind : `${kind}, ${region}`),
    },
    {
      id: 'success',
      header: 'Last success',
      minWidth: 105,
      cell: ({ succeeded_at }) => (succeeded_at === null ? 'Never' : <TimeText at={succeeded_at} />),
    },
    { id: 'took', header: 'Took', cell: ({ duration }) => (duration === null ? '–' : span(duration)) },
    { id: 'counts', header: 'Counted', minWidth: 110, cell: ({ counts }) => counted(counts) || '–' },
    {
      id: 'error',
      header: 'Last error',
      minWidth: 110,
      cell: ({ kind, account_name, account_id, error, failed_at, failures }) => (
        <LastError what={`${kind} of ${account_name || account_id}`} error={error} at={failed_at} failures={failures} />
      ),
    },
    {
      id: 'run',
      header: 'Refresh',
      minWidth: 110,
      cell: (scope) => (
        <Button
          variant="inline-link"
          ariaLabel={`Refresh now: ${scope.kind} ${scope.region} of ${scope.account_name || scope.account_id}`}
          loading={busy?.account_id === scope.account_id && busy.kind === scope.kind}
          onClick={() => refresh(scope)}
        >
          Refresh now
        </Button>
      ),
    },
  ];
}

interface FilterProps {
  filter: ScopeFilter;
  kinds: readonly string[];
  onChange: (filter: ScopeFilter) => void;
}

function Filters({ filter, kinds, onChange }: FilterProps) {
  const options = [{ value: '', label: 'Every type' }, ...kinds.map((kind) => ({ value: kind, label: kind }))];
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Select
        ariaLabel="State"
        options={STATES}
        selectedOption={STATES.find(({ value }) => value === filter.state) ?? null}
        onChange={({ detail }) => onChange({ ...filter, state: detail.selectedOption.value as ScopeFilter['state'] })}
      />
      <Select
        ariaLabel="Type of resource"
        options={options}
        selectedOption={options.find(({ value }) => value === filter.kind) ?? null}
        onChange={({ detail }) => onChange({ ...filter, kind: detail.selectedOption.value ?? '' })}
      />
      <Input
        type="search"
        ariaLabel="Account number"
        placeholder="Account number"
        value={filter.account}
        onChange={({ detail }) => onChange({ ...filter, account: detail.value.replace(/\D/g, '').slice(0, 12) })}
      />
    </SpaceBetween>
  );
}

export function ScopesTable({ kinds }: { kinds: readonly string[] }) {
  const [filter, setFilter] = useState(EVERYTHING);
  // An account's number is asked for once it is whole.
  const asked = filter.account.length === 12 ? filter : { ...filter, account: '' };
  const scopes = useInfiniteQuery(scopesQuery(asked));
  const refresh = useRefreshAccount();
  const found = scopes.data?.pages.flatMap((page) => page.scopes) ?? [];
  const total = scopes.data?.pages.at(-1)?.total;
  const busy = refresh.isPending ? refresh.variables : undefined;
  return (
    <Table
      items={found}
      trackBy={({ kind, scope_id }) => `${kind} ${scope_id}`}
      wrapLines
      contentDensity="compact"
      loading={scopes.isPending}
      loadingText="Loading the accounts"
      columnDefinitions={columns(busy, (scope) => refresh.mutate(scope))}
      ariaLabels={{ tableLabel: 'Accounts by types of resources' }}
      filter={<Filters filter={filter} kinds={kinds} onChange={setFilter} />}
      empty={
        scopes.isError ? (
          <ErrorState error={scopes.error} onRetry={() => void scopes.refetch()} />
        ) : (
          <EmptyState title="Nothing is like that">
            {asked === EVERYTHING ? 'No account is known yet: the first refresh finds them.' : 'Widen the filter.'}
          </EmptyState>
        )
      }
      header={
        <Header
          variant="h2"
          counter={total === undefined ? undefined : `(${String(total)})`}
          description="The worst first. A refresh reads the type in all regions of the account again."
          actions={
            <Button iconName="refresh" ariaLabel="Look again" onClick={() => void scopes.refetch()}>
              Look again
            </Button>
          }
        >
          Accounts
        </Header>
      }
      footer={
        scopes.hasNextPage ? (
          <Box textAlign="center">
            <Button loading={scopes.isFetchingNextPage} onClick={() => void scopes.fetchNextPage()}>
              Show more
            </Button>
          </Box>
        ) : undefined
      }
    />
  );
}
