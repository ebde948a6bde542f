import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { Simulated } from '@/api/types';
import { ErrorState } from '@/components/error-state';
import { useSimulation } from '@/features/requests/api/requests';
import { ApprovalStages } from '@/features/requests/components/approval-panel';
import { RulesFields } from '@/features/requests/components/rules-fields';
import { EMPTY_CASE, type Case, caseFaults, type CaseFaults, toSimulation } from '@/features/requests/lib/simulation';
import { usePageTitle } from '@/lib/page-title';
import { nowSeconds } from '@/lib/times';

type Needs = Simulated['changes'][number];

const ABOUT: Readonly<Record<Needs['rules'][number]['about'], string>> = {
  yes: 'is about it',
  no: 'is not about it',
  unknown: 'could be about it: a fact is missing, so it counts',
};

function Judged({ rules }: Pick<Needs, 'rules'>) {
  if (rules.length === 0) return <Box>No approval rule is configured: one of the administrators approves.</Box>;
  return (
    <SpaceBetween size="xxs">
      {rules.map(({ name, about, asks }) => (
        <StatusIndicator key={name} type={asks ? 'success' : 'stopped'}>
          {`Rule “${name}” ${ABOUT[about]}${about === 'yes' && !asks ? ', but an earlier one decides' : ''}`}
        </StatusIndicator>
      ))}
    </SpaceBetween>
  );
}

function Outcome({ simulated }: { simulated: Simulated }) {
  const { changes, decide_within_hours, reason_required } = simulated;
  return changes.map((needs, index) => (
    <Container key={index} header={<Header variant="h2">Who would have to approve</Header>}>
      <SpaceBetween size="m">
        {!needs.known && <Alert type="warning">The directory does not know the account of what is changed.</Alert>}
        {needs.by_rule ? (
          <StatusIndicator type="success">{`Nobody: a rule approves it. ${needs.by_rule_reason}`}</StatusIndicator>
        ) : (
          <ApprovalStages stages={needs.stages} titles={new Map()} />
        )}
        <Judged rules={needs.rules} />
        <Box color="text-body-secondary">
          {[
            `It is decided within ${String(decide_within_hours)} hours, or expires.`,
            needs.ends_within_hours === null ? '' : `It may live for ${String(needs.ends_within_hours)} hours at most.`,
            reason_required ? 'A reason must be given.' : '',
          ].join(' ')}
        </Box>
      </SpaceBetween>
    </Container>
  ));
}

/** What the approval rules would ask for, without asking for anything. */
export function RulesPage() {
  usePageTitle('Who must approve');
  const [asked, setAsked] = useState<Case>(EMPTY_CASE);
  const [faults, setFaults] = useState<CaseFaults>({});
  const simulate = useSimulation();
  const look = () => {
    const found = caseFaults(asked, nowSeconds());
    setFaults(found);
    if (Object.keys(found).length === 0) simulate.mutate(toSimulation(asked, nowSeconds()));
  };
  return (
    <ContentLayout
      header={
        <Header variant="h1" description="Try the approval rules: nothing is stored, and nobody is told.">
          Who must approve
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Form
          actions={
            <Button variant="primary" loading={simulate.isPending} onClick={look}>
              Look
            </Button>
          }
        >
          <Container header={<Header variant="h2">A change</Header>}>
            <RulesFields
              asked={asked}
              faults={faults}
              onChange={(part) => {
                setAsked({ ...asked, ...part });
                setFaults({});
                simulate.reset();
              }}
            />
          </Container>
        </Form>
        {simulate.isError && <ErrorState error={simulate.error} onRetry={look} />}
        {simulate.isSuccess && <Outcome simulated={simulate.data} />}
      </SpaceBetween>
    </ContentLayout>
  );
}
