import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'react-router';
import type { SlackOffer } from '@/api/types';
import { AwaitData } from '@/components/await-data';
import { ErrorState } from '@/components/error-state';
import { slackOfferQuery, useLinkSlack } from '@/features/notifications/api/preferences';
import { usePageTitle } from '@/lib/page-title';

function Question({ ticket, offer }: { ticket: string; offer: SlackOffer }) {
  const link = useLinkSlack(ticket);
  if (link.isSuccess)
    return (
      <div role="status">
        <Alert type="success" header="Linked">
          {offer.slack_name} in Slack is you from now on. Go back to Slack and press the button again.
        </Alert>
      </div>
    );
  return (
    <SpaceBetween size="l">
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Slack account', value: offer.slack_name },
          { label: 'Its e-mail address', value: offer.slack_address === '' ? 'unknown' : offer.slack_address },
          { label: 'You', value: offer.user },
        ]}
      />
      {offer.refusal !== null ? (
        <Alert type="error" header="This account can’t be linked to you">
          {offer.refusal}
        </Alert>
      ) : (
        <>
          <Alert type="warning">
            Link it only if it is your own account and you pressed a button in Slack a moment ago. What it decides in
            Slack will be decided by {offer.user}.
          </Alert>
          {link.isError && <ErrorState error={link.error} />}
          <Button variant="primary" loading={link.isPending} onClick={() => link.mutate()}>
            Link it
          </Button>
        </>
      )}
    </SpaceBetween>
  );
}

function Offer({ ticket }: { ticket: string }) {
  const query = useQuery(slackOfferQuery(ticket));
  return (
    <AwaitData query={query} what="the Slack account">
      {(offer) => <Question ticket={ticket} offer={offer} />}
    </AwaitData>
  );
}

export function SlackLinkPage() {
  usePageTitle('Link your Slack account');
  const ticket = useLocation().hash.slice(1);
  return (
    <ContentLayout header={<Header variant="h1">Link your Slack account</Header>}>
      <Container>
        {ticket === '' ? (
          <Alert type="info">This address is not complete. Press the button in Slack again to get another.</Alert>
        ) : (
          <Offer ticket={ticket} />
        )}
      </Container>
    </ContentLayout>
  );
}
