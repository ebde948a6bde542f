import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Popover from '@cloudscape-design/components/popover';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { Deny } from '@/api/types';
import { ArnText } from '@/components/arn-text';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { TimeText } from '@/components/time-text';
import { deniesQuery } from '@/api/queries/denies';
import { layerName } from '@/lib/deny-layers';

function Refused({ deny: { action, event_call, message } }: { deny: Deny }) {
  const name = action === '' ? event_call : action;
  if (message === '') return <Box variant="code">{name}</Box>;
  return (
    <Popover
      header="In the words of AWS"
      size="large"
      renderWithPortal
      dismissAriaLabel="Close"
      content={<div className="breaking">{message}</div>}
    >
      <Box variant="code">{name}</Box>
    </Popover>
  );
}

function WhatHelps({ deny }: { deny: Deny }) {
  const navigate = useNavigate();
  const { advice, suggestion, request_url } = deny;
  return (
    <SpaceBetween size="xs">
      <div className="breaking">{advice}</div>
      {suggestion !== null && request_url !== null && (
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          <Button
            variant="inline-link"
            href={request_url}
            ariaLabel={`Ask for ${deny.action} on ${deny.resource}`}
            onFollow={(event) => {
              event.preventDefault();
              void navigate(request_url);
            }}
          >
            Ask for it
          </Button>
          <Popover
            header="The policy that would help"
            size="large"
            renderWithPortal
            dismissAriaLabel="Close"
            content={<pre className="breaking">{JSON.stringify(suggestion, null, 2)}</pre>}
          >
            Show the policy
          </Popover>
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}

/** Of a principal what it wanted; of a resource who wanted it, and which part of it. */
function OtherSide({ deny: { principal, resource }, arn }: { deny: Deny; arn: string }) {
  if (principal === arn) return <ArnText arn={resource} />;
  return (
    <SpaceBetween size="xxs">
      <ArnText arn={principal} />
      {resource !== arn && <ArnText arn={resource} />}
    </SpaceBetween>
  );
}

function columnsFor(arn: string): TableProps.ColumnDefinition<Deny>[] {
  return [
    {
      id: 'refused',
      header: 'Refused',
      isRowHeader: true,
      minWidth: 170,
      cell: (deny) => <Refused deny={deny} />,
    },
    {
      id: 'other',
      header: 'On what, or to whom',
      minWidth: 220,
      cell: (deny) => <OtherSide deny={deny} arn={arn} />,
    },
    {
      id: 'layer',
      header: 'In the way',
      minWidth: 170,
      cell: (deny) => (
        <StatusIndicator type={deny.suggestion === null ? 'stopped' : 'info'}>{layerName(deny)}</StatusIndicator>
      ),
    },
    { id: 'count', header: 'Times', cell: ({ count }) => count },
    { id: 'last', header: 'Last', minWidth: 110, cell: ({ last_at }) => <TimeText at={last_at} /> },
    { id: 'help', header: 'What helps', minWidth: 260, cell: (deny) => <WhatHelps deny={deny} /> },
  ];
}

/** What AWS refused to a principal, or about a resource: which policy was in the way, and what would help. */
export function DeniesPanel({ arn }: { arn: string }) {
  const query = useQuery(deniesQuery(arn));
  return (
    <AwaitData query={query} what="the denies">
      {({ denies, total, days }) => (
        <Table
          variant="container"
          contentDensity="compact"
          wrapLines
          items={denies}
          trackBy={({ principal, action, event_call, resource, layer, explicit }) =>
            [principal, action, event_call, resource, layer, String(explicit)].join(' ')
          }
          columnDefinitions={columnsFor(arn)}
          ariaLabels={{ tableLabel: 'Denied calls' }}
          header={
            <Header
              variant="h2"
              counter={
                total === 0
                  ? undefined
                  : `(${denies.length < total ? `${String(denies.length)} of ` : ''}${String(total)})`
              }
              description={`What AWS refused in the last ${String(days)} days, most frequent first. A policy is suggested only where one of the principal's own would help.`}
            >
              Denied calls
            </Header>
          }
          empty={
            <EmptyState title="Nothing was refused">
              No refused call was seen in the last {days} days. Calls that only read are seen where the trail delivers
              them.
            </EmptyState>
          }
        />
      )}
    </AwaitData>
  );
}
