import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Popover from '@cloudscape-design/components/popover';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Account, FoundResource } from '@/api/types';
import { ArnText } from '@/components/arn-text';
import { InAppLink } from '@/components/in-app-link';
import { TimeText } from '@/components/time-text';
import { kindName } from '@/features/search/lib/kinds';

export type Troubled = ReadonlyMap<string, Account>;

/** Of an account that can't be read now the rows stay, and say so. */
function Stale({ account }: { account: Account }) {
  return (
    <Popover
      header={`${account.name} can't be read`}
      size="large"
      renderWithPortal
      dismissAriaLabel="Close"
      content={<div className="breaking">{account.last_error}</div>}
    >
      <StatusIndicator type="warning">
        {account.last_success === null ? (
          'Never read'
        ) : (
          <>
            As of <TimeText at={account.last_success} />
          </>
        )}
      </StatusIndicator>
    </Popover>
  );
}

function Name({ row: { name, url } }: { row: FoundResource }) {
  return url === '' ? <Box fontWeight="bold">{name}</Box> : <InAppLink to={url}>{name}</InAppLink>;
}

export function columns(troubled: Troubled): TableProps.ColumnDefinition<FoundResource>[] {
  return [
    {
      id: 'name',
      header: 'Resource',
      isRowHeader: true,
      sortingField: 'name',
      minWidth: 280,
      cell: (row) => (
        <>
          <Name row={row} />
          <Box fontSize="body-s" color="text-body-secondary">
            <ArnText arn={row.arn} />
          </Box>
        </>
      ),
    },
    {
      id: 'technology',
      header: 'Type',
      sortingField: 'technology',
      minWidth: 110,
      cell: ({ technology }) => <span title={technology}>{kindName(technology)}</span>,
    },
    {
      id: 'account',
      header: 'Account',
      sortingField: 'account_id',
      minWidth: 140,
      cell: ({ account_id, account_name }) => {
        const account = troubled.get(account_id);
        return (
          <>
            <Box>{account_name}</Box>
            <Box fontSize="body-s" color="text-body-secondary">
              {account_id}
            </Box>
            {account !== undefined && <Stale account={account} />}
          </>
        );
      },
    },
    { id: 'region', header: 'Region', sortingField: 'region', minWidth: 110, cell: ({ region }) => region || 'Global' },
    { id: 'owner', header: 'Owner', sortingField: 'owner', minWidth: 130, cell: ({ owner }) => owner || '–' },
    {
      id: 'errors',
      header: 'Denied',
      sortingField: 'errors',
      minWidth: 90,
      cell: ({ errors }) => (errors === 0 ? '0' : <Badge color="red">{errors}</Badge>),
    },
  ];
}
