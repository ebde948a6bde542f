import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { EmptyState } from '@/components/empty-state';
import { TimeText } from '@/components/time-text';
import type { SessionItem } from '@/features/sessions/api/sessions';
import { clientName } from '@/features/sessions/lib/client-name';

interface Props {
  sessions: readonly SessionItem[];
  header: ReactNode;
  onEnd: (session: SessionItem) => void;
}

function kindOf({ kind }: SessionItem): string {
  return kind === 'cli' ? 'Command line' : 'Browser';
}

function columns(onEnd: Props['onEnd']): TableProps.ColumnDefinition<SessionItem>[] {
  return [
    {
      id: 'client',
      header: 'Client',
      isRowHeader: true,
      minWidth: 200,
      cell: (session) => (
        <div title={session.client}>
          <SpaceBetween direction="horizontal" size="xs">
            <Box fontWeight="bold">{clientName(session.client)}</Box>
            {session.current && <Badge color="blue">This session</Badge>}
          </SpaceBetween>
          <Box fontSize="body-s" color="text-body-secondary">
            {`${kindOf(session)}, signed in by ${session.method}`}
          </Box>
        </div>
      ),
    },
    // Second, so that a phone shows it without moving the table.
    {
      id: 'end',
      header: 'End it',
      minWidth: 100,
      cell: (session) => (
        <Button
          variant="inline-link"
          ariaLabel={`End the session of ${clientName(session.client)} at ${session.address}`}
          onClick={() => onEnd(session)}
        >
          End
        </Button>
      ),
    },
    { id: 'address', header: 'Address', minWidth: 130, cell: ({ address }) => (address === '' ? '–' : address) },
    { id: 'created', header: 'Signed in', minWidth: 130, cell: ({ created_at }) => <TimeText at={created_at} /> },
    { id: 'renewed', header: 'Renewed', minWidth: 130, cell: ({ renewed_at }) => <TimeText at={renewed_at} /> },
    { id: 'expires', header: 'Ends', minWidth: 120, cell: ({ expires_at }) => <TimeText at={expires_at} /> },
  ];
}

export function SessionsTable({ sessions, header, onEnd }: Props) {
  return (
    <Table
      variant="full-page"
      contentDensity="compact"
      wrapLines
      stickyHeader
      items={sessions}
      trackBy="session_id"
      columnDefinitions={columns(onEnd)}
      header={header}
      ariaLabels={{ tableLabel: 'Sessions' }}
      empty={<EmptyState title="Signed in nowhere">There is no session that could be ended.</EmptyState>}
    />
  );
}
