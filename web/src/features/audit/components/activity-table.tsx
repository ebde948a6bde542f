import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { InAppLink } from '@/components/in-app-link';
import { PathText } from '@/components/path-text';
import type { AuditEntry } from '@/features/audit/lib/types';
import { ago, fullTime, isoTime } from '@/lib/times';

const LOOKS: Record<AuditEntry['outcome'], [StatusIndicatorProps.Type, string]> = {
  done: ['success', 'Done'],
  refused: ['stopped', 'Refused'],
  failed: ['error', 'Failed'],
};

function bare(person: string): string {
  return person.replace(/^user:/, '');
}

function When({ at }: { at: number }) {
  return (
    <time dateTime={isoTime(at)} title={ago(at)}>
      {fullTime(at)}
    </time>
  );
}

function Target({ target }: { target: string }) {
  const role = /^arn:[\w-]+:iam::\d{12}:role\//.test(target);
  const text = (
    <code>
      <PathText path={target} />
    </code>
  );
  return role ? <InAppLink to={`/audit/access?q=${encodeURIComponent(target)}`}>{text}</InAppLink> : text;
}

function Details({ entry }: { entry: AuditEntry }) {
  const rows = Object.entries(entry.details).filter(([, value]) => value !== null && value !== '');
  return (
    <>
      {entry.reason !== '' && <Box>{entry.reason}</Box>}
      <ExpandableSection headerText="Details" variant="footer" headingTagOverride="h2">
        <dl className="audit-details">
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name.replaceAll('_', ' ')}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
          <div>
            <dt>place in the log</dt>
            <dd>
              <code>{`${entry.chain} ${String(entry.number)}`}</code>
            </dd>
          </div>
        </dl>
      </ExpandableSection>
    </>
  );
}

const COLUMNS: TableProps.ColumnDefinition<AuditEntry>[] = [
  {
    id: 'when',
    header: 'When',
    isRowHeader: true,
    minWidth: 150,
    cell: ({ occurred_at }) => <When at={occurred_at} />,
  },
  {
    id: 'person',
    header: 'Who',
    minWidth: 160,
    cell: ({ person }) =>
      person.startsWith('user:') ? (
        <InAppLink to={`/audit?person=${encodeURIComponent(bare(person))}`}>{bare(person)}</InAppLink>
      ) : (
        person
      ),
  },
  { id: 'action', header: 'What', minWidth: 150, cell: ({ action }) => action },
  { id: 'target', header: 'On what', minWidth: 240, cell: ({ target }) => <Target target={target} /> },
  {
    id: 'outcome',
    header: 'Outcome',
    minWidth: 110,
    cell: ({ outcome }) => <StatusIndicator type={LOOKS[outcome][0]}>{LOOKS[outcome][1]}</StatusIndicator>,
  },
  { id: 'details', header: 'Why and how', minWidth: 200, cell: (entry) => <Details entry={entry} /> },
];

interface Props {
  entries: readonly AuditEntry[];
  loading: boolean;
  header: ReactNode;
  filter: ReactNode;
  empty: ReactNode;
  footer: ReactNode;
}

export function ActivityTable({ entries, loading, header, filter, empty, footer }: Props) {
  return (
    <Table
      variant="full-page"
      stickyHeader
      wrapLines
      contentDensity="compact"
      items={entries}
      trackBy={({ chain, number }) => `${chain}:${String(number)}`}
      columnDefinitions={COLUMNS}
      ariaLabels={{ tableLabel: 'Activity' }}
      loading={loading}
      loadingText="Reading the audit log"
      header={header}
      filter={filter}
      empty={empty}
      footer={footer}
    />
  );
}
