import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import type { TableProps } from '@cloudscape-design/components/table';
import type { EligibleRole } from '@/api/types';
import { CopyText } from '@/components/copy-text';
import { InAppLink } from '@/components/in-app-link';
import { PathText } from '@/components/path-text';
import { TimeText } from '@/components/time-text';
import { ConsoleMenu } from '@/features/roles/components/console-menu';
import { CredentialsMenu } from '@/features/roles/components/credentials-menu';
import { TrustHint } from '@/features/roles/components/trust-hint';
import type { RoleRow, Row } from '@/features/roles/lib/role-rows';

function RoleName({ row }: { row: RoleRow }) {
  return (
    <span className="arn" title={row.id}>
      <InAppLink to={`/policies/edit/${row.role.account_id}/iamrole/${row.name}`}>
        <PathText path={row.name} />
      </InAppLink>
      <CopyText text={row.id} what={`ARN of ${row.name}`} />
      {row.role.cli_only && <Badge color="blue">CLI only</Badge>}
      {row.role.console_only && <Badge color="blue">Console only</Badge>}
    </span>
  );
}

function Reasons({ role }: { role: EligibleRole }) {
  return (
    <>
      {role.reasons.join('; ') || 'The service gave no reason'}
      {role.ends_at !== null && (
        <Box fontSize="body-s" color="text-status-warning">
          ends <TimeText at={role.ends_at} />
        </Box>
      )}
    </>
  );
}

function RoleActions({ row, passedOn }: { row: RoleRow; passedOn: string }) {
  return (
    <div className="row-actions">
      {!row.role.cli_only && <ConsoleMenu row={row} passedOn={passedOn} />}
      {!row.role.console_only && <CredentialsMenu row={row} />}
    </div>
  );
}

function onRole(render: (row: RoleRow) => React.ReactNode) {
  return (row: Row) => (row.kind === 'role' ? render(row) : null);
}

export function roleColumns(passedOn: string): TableProps.ColumnDefinition<Row>[] {
  return [
    {
      id: 'role',
      header: 'Role',
      isRowHeader: true,
      minWidth: 240,
      cell: (row) =>
        row.kind === 'role' ? (
          <RoleName row={row} />
        ) : (
          <>
            <strong>{row.name}</strong> ({row.roles.length}){' '}
            <Box variant="small" color="text-body-secondary">
              {row.accountId}
            </Box>
          </>
        ),
    },
    {
      id: 'account',
      header: 'Account',
      minWidth: 160,
      cell: onRole((row) => (
        <>
          <div>{row.role.account_name}</div>
          <Box fontSize="body-s" color="text-body-secondary">
            {row.role.account_id}
          </Box>
        </>
      )),
    },
    { id: 'reasons', header: 'Why you have it', minWidth: 180, cell: onRole((row) => <Reasons role={row.role} />) },
    {
      id: 'trust',
      header: 'SourceIdentity, tags',
      minWidth: 150,
      cell: onRole((row) => <TrustHint role={row.role} />),
    },
    {
      id: 'actions',
      header: 'Use',
      width: 385,
      minWidth: 385,
      cell: onRole((row) => <RoleActions row={row} passedOn={passedOn} />),
    },
  ];
}
