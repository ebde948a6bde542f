import Box from '@cloudscape-design/components/box';
import type { TableProps } from '@cloudscape-design/components/table';
import type { RequestRow } from '@/api/types';
import { InAppLink } from '@/components/in-app-link';
import { PathText } from '@/components/path-text';
import { TimeText } from '@/components/time-text';
import { StateIndicator } from '@/features/requests/components/state-indicator';
import { requestLook } from '@/features/requests/lib/states';
import { nameOf } from '@/lib/arn';

export const COLUMNS: TableProps.ColumnDefinition<RequestRow>[] = [
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
    minWidth: 195,
    cell: ({ state }) => <StateIndicator look={requestLook(state)} />,
  },
  {
    id: 'title',
    header: 'What',
    minWidth: 200,
    cell: ({ title, justification }) => (
      <>
        <span className="two-lines" title={title}>
          {title}
        </span>
        <Box fontSize="body-s" color="text-body-secondary">
          <span className="two-lines">{justification || '–'}</span>
        </Box>
      </>
    ),
  },
  {
    id: 'principal',
    header: 'About',
    minWidth: 220,
    cell: ({ arn }) => (
      <>
        <Box>{nameOf(arn)}</Box>
        <Box fontSize="body-s" color="text-body-secondary">
          <code>
            <PathText path={arn} />
          </code>
        </Box>
      </>
    ),
  },
  {
    id: 'requested',
    header: 'Requested',
    minWidth: 150,
    cell: ({ username, request_time }) => (
      <>
        <Box>{username}</Box>
        <Box fontSize="body-s" color="text-body-secondary">
          <TimeText at={request_time} />
        </Box>
      </>
    ),
  },
  {
    id: 'until',
    header: 'Until',
    minWidth: 105,
    cell: ({ until }) => (until === null ? 'For ever' : <TimeText at={until} />),
  },
];
