import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import type { ShownPreferences } from '@/api/types';
import { AwaitData } from '@/components/await-data';
import { ErrorState } from '@/components/error-state';
import { preferencesQuery, useSavePreferences, useUnlinkSlack } from '@/features/notifications/api/preferences';
import { usePageTitle } from '@/lib/page-title';

const WAYS = [
  { way: 'slack', title: 'Slack', by: 'by Slack' },
  { way: 'email', title: 'E-mail', by: 'by e-mail' },
] as const;
const WISHES = [
  {
    wish: 'decides',
    text: 'Requests that you may decide about',
    help: 'When one is made or changed, and again while it waits.',
  },
  {
    wish: 'requester',
    text: 'Your own requests',
    help: 'When somebody decides, when they are applied, and before access ends.',
  },
] as const;

function SlackAccount({ name }: { name: string | null }) {
  const unlink = useUnlinkSlack();
  if (name === null)
    return (
      <Box color="text-body-secondary">
        No Slack account is linked to you. Press a button below any request in Slack: it answers with a link, for you
        alone, that links your account.
      </Box>
    );
  return (
    <SpaceBetween size="xs">
      <div>
        Your Slack account is <strong>{name}</strong>. What it decides in Slack is decided by you.
      </div>
      {unlink.isError && <ErrorState error={unlink.error} />}
      <Button loading={unlink.isPending} onClick={() => unlink.mutate()}>
        Unlink Slack
      </Button>
    </SpaceBetween>
  );
}

function Ways({ shown }: { shown: ShownPreferences }) {
  const save = useSavePreferences();
  const { preferences, channels } = shown;
  const ways = WAYS.filter(({ way }) => channels[way]);
  return (
    <SpaceBetween size="l">
      {save.isError && <ErrorState error={save.error} />}
      <Container header={<Header variant="h2">Here</Header>}>
        The bell on every page has everything. What you have read or hidden stays so.
      </Container>
      {ways.map(({ way, title, by }) => (
        <Container key={way} header={<Header variant="h2">{title}</Header>}>
          <SpaceBetween size="m">
            {way === 'slack' && <SlackAccount name={channels.slack_name} />}
            {WISHES.map(({ wish, text, help }) => (
              <Checkbox
                key={wish}
                description={help}
                disabled={save.isPending}
                checked={preferences[way]?.[wish] ?? true}
                onChange={({ detail }) =>
                  save.mutate({ ...preferences, [way]: { ...preferences[way], [wish]: detail.checked } })
                }
              >
                {`${text}, ${by}`}
              </Checkbox>
            ))}
          </SpaceBetween>
        </Container>
      ))}
      {ways.length === 0 && (
        <Container>
          <Box color="text-body-secondary">
            Neither Slack nor e-mail is set up here. An administrator sets them up in the configuration, section
            notifications.
          </Box>
        </Container>
      )}
    </SpaceBetween>
  );
}

export function PreferencesPage() {
  usePageTitle('Notification preferences');
  const query = useQuery(preferencesQuery);
  return (
    <ContentLayout
      header={
        <Header variant="h1" description="By which way you hear of what. A change counts at once.">
          Notification preferences
        </Header>
      }
    >
      <AwaitData query={query} what="your preferences">
        {(shown) => <Ways shown={shown} />}
      </AwaitData>
    </ContentLayout>
  );
}
