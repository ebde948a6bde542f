import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { useProfile } from '@/api/queries/user-profile';
import { ErrorState } from '@/components/error-state';
import { InAppLink } from '@/components/in-app-link';
import { Loading } from '@/components/loading';
import { SafeMarkdown } from '@/components/safe-markdown';
import { challengeQuery, useAnswerChallenge } from '@/features/challenge/api/challenge';
import { usePageTitle } from '@/lib/page-title';

function Page({ children }: { children: ReactNode }) {
  return (
    <ContentLayout header={<Header variant="h1">Command line sign-in</Header>}>
      <Container>{children}</Container>
    </ContentLayout>
  );
}

function Question({ token, message, nonce }: { token: string; message: string; nonce: string }) {
  const { user } = useProfile();
  const answer = useAnswerChallenge(token);
  if (answer.isSuccess) {
    const { approve } = answer.variables;
    return (
      <div role="status">
        <Alert type={approve ? 'success' : 'info'} header={approve ? 'Approved' : 'Denied'}>
          <SafeMarkdown text={answer.data.message} />
        </Alert>
      </div>
    );
  }
  const sending = answer.isPending ? answer.variables.approve : null;
  return (
    <SpaceBetween size="l">
      <SafeMarkdown text={message} />
      <Alert type="warning">
        Approve only if you started this on your own command line a moment ago. It will act as {user}.
      </Alert>
      {answer.isError && <ErrorState error={answer.error} />}
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          variant="primary"
          loading={sending === true}
          disabled={sending === false}
          onClick={() => answer.mutate({ nonce, approve: true })}
        >
          Approve
        </Button>
        <Button
          loading={sending === false}
          disabled={sending === true}
          onClick={() => answer.mutate({ nonce, approve: false })}
        >
          Deny
        </Button>
      </SpaceBetween>
    </SpaceBetween>
  );
}

export function ChallengePage() {
  usePageTitle('Command line sign-in');
  const { token = '' } = useParams();
  const challenge = useQuery(challengeQuery(token));
  if (challenge.isPending) {
    return (
      <Page>
        <Loading what="the sign-in" />
      </Page>
    );
  }
  if (challenge.isError) {
    return (
      <Page>
        <SpaceBetween size="m">
          <ErrorState error={challenge.error} onRetry={() => void challenge.refetch()} />
          <div>A link works once and for two minutes. Start the command again for a new one.</div>
          <InAppLink to="/">Go to your roles</InAppLink>
        </SpaceBetween>
      </Page>
    );
  }
  const { message, nonce, show_approve_button: approvable } = challenge.data;
  return (
    <Page>
      {approvable !== false && nonce !== '' ? (
        <Question token={token} message={message} nonce={nonce} />
      ) : (
        <Alert type="warning" header="This sign-in cannot be approved">
          <SafeMarkdown text={message} />
        </Alert>
      )}
    </Page>
  );
}
