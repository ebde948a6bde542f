import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { ArnText } from '@/components/arn-text';
import { ErrorState } from '@/components/error-state';
import { InAppLink } from '@/components/in-app-link';
import { TimeText } from '@/components/time-text';
import { type Age, type Note, type Shown, useReadNow } from '@/features/resources/api/resources';
import { Notes } from '@/features/resources/components/notes';
import type { Address } from '@/features/resources/lib/address';

interface Props {
  address: Address;
  body: Shown['body'];
  /** What it is: "IAM role". */
  what: string;
  isPublic: boolean;
  facts: KeyValuePairsProps.Item[];
  actions?: ReactNode;
  tabs: readonly TabsProps.Tab[];
}

function Freshness({ age }: { age: Age }) {
  if (age.read_at !== null) {
    return (
      <>
        Read in AWS <TimeText at={age.read_at} />
      </>
    );
  }
  return age.refreshed_at === null ? (
    'All of its kind were never listed whole'
  ) : (
    <>
      Listed <TimeText at={age.refreshed_at} />
    </>
  );
}

function OldNews({ warning, notes }: { warning: string | null; notes: readonly Note[] }) {
  return (
    <>
      {warning !== null && (
        <Alert type="warning" header="This is what was known before: AWS could not be asked now">
          {warning}
        </Alert>
      )}
      {notes.length > 0 && <Notes notes={notes} />}
    </>
  );
}

function TabsByAddress({ tabs }: { tabs: readonly TabsProps.Tab[] }) {
  const [params, setParams] = useSearchParams();
  const asked = params.get('tab');
  const active = tabs.find(({ id }) => id === asked)?.id ?? tabs[0]?.id ?? '';
  return (
    <Tabs
      tabs={tabs}
      activeTabId={active}
      ariaLabel="Parts of the resource"
      onChange={({ detail }) => setParams({ tab: detail.activeTabId }, { replace: true })}
    />
  );
}

/** What all pages of resources have: name, age, links, facts, and tabs that have addresses. */
export function PageFrame({ address, body, what, isPublic, facts, actions, tabs }: Props) {
  const readNow = useReadNow(address);
  const common: KeyValuePairsProps.Item[] = [
    { label: 'ARN', value: <ArnText arn={body.arn} /> },
    {
      label: 'Account',
      value: <InAppLink to={`/inventory/${body.account_id}`}>{body.account_name ?? body.account_id}</InAppLink>,
    },
    { label: 'Owner', value: body.owner ?? 'Nobody is named by its tags' },
    { label: 'Unchanged since', value: body.observed_at === null ? '–' : <TimeText at={body.observed_at} /> },
  ];
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={
            <>
              {what}. <Freshness age={body.age} />.
            </>
          }
          info={isPublic ? <Badge color="red">Public</Badge> : undefined}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                iconName="refresh"
                loading={readNow.isPending}
                loadingText="Reading it in AWS"
                onClick={() => readNow.mutate()}
              >
                Read in AWS now
              </Button>
              {body.config_timeline_url !== null && (
                <Button href={body.config_timeline_url} target="_blank" iconName="external" iconAlign="right">
                  Config timeline
                </Button>
              )}
              {body.console_url !== null && (
                <Button href={body.console_url} target="_blank" iconName="external" iconAlign="right">
                  AWS console
                </Button>
              )}
              {actions}
            </SpaceBetween>
          }
        >
          <span className="breaking">{body.name}</span>
        </Header>
      }
    >
      <SpaceBetween size="l">
        {readNow.isError && <ErrorState error={readNow.error} onRetry={() => readNow.mutate()} />}
        <OldNews warning={body.age.warning} notes={body.notes} />
        <Container>
          <KeyValuePairs columns={4} items={[...common, ...facts]} />
        </Container>
        <TabsByAddress tabs={tabs} />
      </SpaceBetween>
    </ContentLayout>
  );
}
