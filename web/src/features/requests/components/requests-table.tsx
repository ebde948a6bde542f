import { useCollection } from '@cloudscape-design/collection-hooks';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { type ReactNode, useMemo } from 'react';
import type { Answer, RequestRow } from '@/api/types';
import { EmptyState } from '@/components/empty-state';
import { InAppLink } from '@/components/in-app-link';
import { PathText } from '@/components/path-text';
import { TimeText } from '@/components/time-text';
import { StateIndicator } from '@/features/requests/components/state-indicator';
import { principalName } from '@/features/requests/lib/extended-request';
import { ALL_STATES, requestLook, STATE_FILTERS, type StateFilter } from '@/features/requests/lib/states';

const COLUMNS: TableProps.ColumnDefinition<RequestRow>[] = [
  {
    id: 'id',
    header: 'Request',
    isRowHeader: true,
    minWidth: 95,
    cell: ({ request_id }) => (
      <span title={request_id}>
        <InAppLink to={`/policies/request/${request_id}`} ariaLabel={`Request ${request_id}`}>
          {request_id.slice(0, 8)}
        </InAppLink>
      </span>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    sortingField: 'state',
    minWidth: 195,
    cell: ({ state }) => <StateIndicator look={requestLook(state)} />,
  },
  {
    id: 'principal',
    header: 'Role',
    sortingField: 'arn',
    minWidth: 220,
    cell: ({ arn }) => (
      <>
        <Box>{principalName(arn)}</Box>
        <Box fontSize="body-s" color="text-body-secondary">
          <code>
            <PathText path={arn} />
          </code>
        </Box>
      </>
    ),
  },
  { id: 'requester', header: 'Requester', sortingField: 'username', minWidth: 150, cell: ({ username }) => username },
  {
    id: 'time',
    header: 'Requested',
    sortingField: 'request_time',
    minWidth: 115,
    cell: ({ request_time }) => <TimeText at={request_time} />,
  },
  {
    id: 'justification',
    header: 'Justification',
    minWidth: 180,
    cell: ({ justification }) => <span className="two-lines">{justification || '–'}</span>,
  },
];

function matches(row: RequestRow, text: string): boolean {
  const haystack = [row.request_id, row.username, row.arn, row.justification, row.status, row.state]
    .join('\n')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

interface Props {
  table: Answer<'/api/v2/requests', 'post'>;
  busy: boolean;
  text: string;
  filter: StateFilter;
  onChange: (text: string, status: string) => void;
  onReload: () => void;
  newRequest: ReactNode;
}

export function RequestsTable({ table, busy, text, filter, onChange, onReload, newRequest }: Props) {
  const found = useMemo(() => table.data.filter((row) => matches(row, text)), [table.data, text]);
  const narrowed = text !== '' || filter.id !== ALL_STATES.id;
  const clear = <Button onClick={() => onChange('', ALL_STATES.id)}>Show all requests</Button>;
  const { items, collectionProps, paginationProps } = useCollection(found, {
    pagination: { pageSize: 50 },
    sorting: { defaultState: { sortingColumn: { sortingField: 'request_time' }, isDescending: true } },
    filtering: {
      empty: narrowed ? (
        <EmptyState title="No request matches" action={clear} />
      ) : (
        <EmptyState title="Nobody has asked for anything yet" action={newRequest}>
          A request asks for a permission of a role. Somebody else reviews it, and then it is applied.
        </EmptyState>
      ),
    },
  });
  const cut = table.filteredCount < table.totalCount && filter.id === ALL_STATES.id;
  return (
    <Table
      {...collectionProps}
      variant="full-page"
      stickyHeader
      wrapLines
      contentDensity="compact"
      items={items}
      trackBy="request_id"
      columnDefinitions={COLUMNS}
      ariaLabels={{ tableLabel: 'Requests' }}
      header={
        <SpaceBetween size="s">
          <Header
            variant="awsui-h1-sticky"
            counter={`(${String(found.length)})`}
            description="Who asked for which permission, and what came of it."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Load the requests again" loading={busy} onClick={onReload} />
                {newRequest}
              </SpaceBetween>
            }
          >
            Requests
          </Header>
          {cut && (
            <Alert type="info">{`These are the newest ${String(table.filteredCount)} of ${String(table.totalCount)} requests. Choose a status to reach older ones.`}</Alert>
          )}
        </SpaceBetween>
      }
      filter={
        <div className="filters">
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Requester, role, id or justification"
            filteringAriaLabel="Search the requests"
            filteringClearAriaLabel="Clear the search"
            countText={`${String(found.length)} found`}
            onChange={({ detail }) => onChange(detail.filteringText, filter.id)}
          />
          <div className="choice">
            <Select
              selectedOption={{ value: filter.id, label: filter.text }}
              options={STATE_FILTERS.map((option) => ({ value: option.id, label: option.text }))}
              selectedAriaLabel="Chosen"
              ariaLabel="Status"
              onChange={({ detail }) => onChange(text, detail.selectedOption.value ?? ALL_STATES.id)}
            />
          </div>
        </div>
      }
      pagination={paginationProps.pagesCount > 1 ? <Pagination {...paginationProps} /> : undefined}
    />
  );
}
