import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import Popover from '@cloudscape-design/components/popover';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useParams } from 'react-router';
import { useProfile } from '@/api/queries/user-profile';
import { isAdministrator } from '@/api/site';
import { AwaitData } from '@/components/await-data';
import { CopyText } from '@/components/copy-text';
import { TimeText } from '@/components/time-text';
import { accountQuery, type AccountPageData } from '@/features/inventory/api/account';
import { useStartRefresh } from '@/features/inventory/api/inventory';
import { ControlPolicies } from '@/features/inventory/components/control-policies';
import { PlacesTable } from '@/features/inventory/components/places-table';
import { SPOKES, STANDINGS, statusText } from '@/features/inventory/lib/standing';
import { usePageTitle } from '@/lib/page-title';

function facts({ account, regions, tags, source, rows_kept_until }: AccountPageData): KeyValuePairsProps.Item[] {
  const [type, text] = STANDINGS[account.standing];
  const [spokeType, spokeText] = SPOKES[account.spoke.health];
  const tagged = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return [
    { label: 'Inventory', value: <StatusIndicator type={type}>{text}</StatusIndicator> },
    { label: 'Reading role', value: <StatusIndicator type={spokeType}>{spokeText}</StatusIndicator> },
    { label: 'Status', value: statusText(account.status) },
    {
      label: 'Number',
      value: (
        <>
          {account.account_id} <CopyText text={account.account_id} what="account number" />
        </>
      ),
    },
    { label: 'Aliases', value: account.aliases.join(', ') || '–' },
    { label: 'Environment', value: account.environment ?? '–' },
    { label: 'Owner', value: account.owner ?? '–' },
    { label: 'Organizational unit', value: account.ou_path === '' ? 'The root' : (account.ou_path ?? '–') },
    { label: 'Enabled regions', value: <Regions regions={regions} /> },
    { label: 'Tags', value: tagged.join(', ') || '–' },
    { label: 'Known from', value: source || '–' },
    ...(rows_kept_until === null
      ? []
      : [{ label: 'Its resources are forgotten', value: <TimeText at={rows_kept_until} /> }]),
  ];
}

function Regions({ regions }: Pick<AccountPageData, 'regions'>) {
  if (regions === null) return 'Not known yet';
  if (regions.length <= 3) return regions.join(', ');
  return (
    <Popover header="Enabled regions" dismissAriaLabel="Close" renderWithPortal content={regions.join(', ')}>
      {regions.length} regions
    </Popover>
  );
}

function Unreached({ account: { spoke, standing } }: AccountPageData) {
  if (spoke.reason === null) return null;
  return (
    <Alert
      type={standing === 'unreached' ? 'error' : 'warning'}
      header={
        standing === 'unreached' ? 'Nobody gets into this account' : 'AWS refuses part of what is asked in this account'
      }
    >
      {spoke.reason}
      {standing === 'unreached' && (
        <div>
          Create the reading role there, or let it trust this product. What was known stays until then; rights to its
          roles end when it is a day old.
        </div>
      )}
    </Alert>
  );
}

/** For administrators; the page follows until the roles were read anew, or could not be. `seen` tells when either was last. */
function RefreshButton({ accountId, seen }: { accountId: string; seen: string }) {
  const start = useStartRefresh();
  const client = useQueryClient();
  const [before, setBefore] = useState<string>();
  const waiting = before === seen && !start.isError;
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => void client.invalidateQueries({ queryKey: ['accounts', accountId] }), 3000);
    return () => clearInterval(timer);
  }, [waiting, client, accountId]);
  return (
    <Button
      loading={waiting}
      loadingText="A refresh is under way"
      onClick={() => {
        setBefore(seen);
        start.mutate([accountId]);
      }}
    >
      Refresh this account
    </Button>
  );
}

function Account({ accountId }: { accountId: string }) {
  const account = useQuery(accountQuery(accountId));
  const administrator = isAdministrator(useProfile());
  usePageTitle(account.data?.account.name ?? accountId);
  return (
    <AwaitData query={account} what="the account">
      {(found) => (
        <ContentLayout
          header={
            <Header
              variant="h1"
              actions={
                administrator &&
                found.account.standing !== 'inactive' && (
                  <RefreshButton
                    accountId={accountId}
                    seen={`${String(found.account.last_success)} ${String(found.account.last_error_at)}`}
                  />
                )
              }
            >
              {found.account.name}
            </Header>
          }
        >
          <SpaceBetween size="l">
            <Unreached {...found} />
            <Container>
              <KeyValuePairs columns={4} items={facts(found)} />
            </Container>
            <PlacesTable places={found.scopes} />
            <ControlPolicies target={accountId} />
          </SpaceBetween>
        </ContentLayout>
      )}
    </AwaitData>
  );
}

export function AccountPage() {
  const { accountId = '' } = useParams();
  return <Account key={accountId} accountId={accountId} />;
}
