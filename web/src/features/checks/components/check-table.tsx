import Box from '@cloudscape-design/components/box';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { CheckResult } from '@/features/checks/api/checks';

const LOOKS: Record<CheckResult['status'], [StatusIndicatorProps.Type, string]> = {
  failed: ['error', 'Failed'],
  warning: ['warning', 'Warning'],
  not_configured: ['info', 'Not configured'],
  ok: ['success', 'Fine'],
};
const WORST_FIRST = Object.keys(LOOKS);

function columns(what: string): TableProps.ColumnDefinition<CheckResult>[] {
  return [
    {
      id: 'status',
      header: 'State',
      minWidth: 140,
      cell: ({ status }) => (
        <StatusIndicator type={LOOKS[status][0]} wrapText={false}>
          {LOOKS[status][1]}
        </StatusIndicator>
      ),
    },
    {
      id: 'title',
      header: what,
      isRowHeader: true,
      minWidth: 180,
      cell: ({ title, name }) => (
        <>
          <Box fontWeight="bold">{title}</Box>
          {/^\d+$/.test(name) && name !== title && (
            <Box fontSize="body-s" color="text-body-secondary">
              {name}
            </Box>
          )}
        </>
      ),
    },
    {
      id: 'cause',
      header: 'What was found',
      minWidth: 240,
      cell: ({ cause }) => <span className="breaking">{cause}</span>,
    },
    {
      id: 'fix',
      header: 'What to do',
      minWidth: 240,
      cell: ({ status, fix }) => <span className="breaking">{status === 'ok' || fix === '' ? '–' : fix}</span>,
    },
    { id: 'time', header: 'Took', minWidth: 105, cell: ({ duration }) => `${String(duration)} ms` },
  ];
}

interface Props {
  checks: readonly CheckResult[];
  what: string;
  label: string;
  header: ReactNode;
  empty?: ReactNode;
  footer?: ReactNode;
}

export function CheckTable({ checks, what, label, header, empty, footer }: Props) {
  const ordered = checks.toSorted((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status));
  return (
    <Table
      items={ordered}
      trackBy="name"
      wrapLines
      contentDensity="compact"
      columnDefinitions={columns(what)}
      ariaLabels={{ tableLabel: label }}
      header={header}
      empty={empty}
      footer={footer}
    />
  );
}
