import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { ErrorState } from '@/components/error-state';
import { InAppLink } from '@/components/in-app-link';
import { Loading } from '@/components/loading';
import { type LoginAnswer, roleLoginQuery } from '@/features/console-login/api/role-login';
import { ApiError } from '@/lib/api-error';
import { useLeave } from '@/lib/leave';
import { usePageTitle } from '@/lib/page-title';
import { rememberRole } from '@/lib/recent-roles';
import { ownPath, webAddress } from '@/lib/urls';

/** Follows the answer once: to the console, or back to the roles when the text fits several. */
function useFollow(answer: LoginAnswer | undefined): void {
  const followed = useRef(false);
  const navigate = useNavigate();
  const leave = useLeave();
  useEffect(() => {
    if (answer?.type !== 'redirect' || followed.current) return;
    const target = webAddress(answer.redirectUrl);
    if (target === null) return;
    followed.current = true;
    if (answer.reason === 'console_login' && answer.role !== null) rememberRole(answer.role);
    const path = ownPath(target);
    const inside = path !== null && answer.reason === 'multiple_roles';
    if (inside) void navigate(path, { replace: true });
    else leave(target.href);
  }, [answer, navigate, leave]);
}

function Page({ children }: { children: ReactNode }) {
  return (
    <ContentLayout header={<Header variant="h1">AWS console sign-in</Header>}>
      <Container>{children}</Container>
    </ContentLayout>
  );
}

function Refused({ message, query }: { message: string; query: string }) {
  return (
    <SpaceBetween size="m">
      <div role="alert">
        <Alert type="error" header="The console did not open">
          {message}
        </Alert>
      </div>
      <Box variant="p">
        Asked for: <code className="arn">{query}</code>
      </Box>
      <InAppLink to="/">Choose among your roles</InAppLink>
    </SpaceBetween>
  );
}

export function ConsoleLoginPage() {
  usePageTitle('Console sign-in');
  const query = (useParams()['*'] ?? '').trim();
  const [params] = useSearchParams();
  const login = useQuery(
    roleLoginQuery({
      query,
      region: params.get('r'),
      destination: params.get('redirect'),
      readOnly: params.get('read_only') === 'true',
    }),
  );
  useFollow(login.data);
  const { error } = login;

  if (query === '') {
    return (
      <Page>
        <Refused
          message="The link names no role. Put an ARN, or a part of a role's or account's name, after /role/."
          query="/role/"
        />
      </Page>
    );
  }
  if (login.isPending) {
    return (
      <Page>
        <Loading what={`the console as ${query}`} />
      </Page>
    );
  }
  if (login.isError) {
    const refusal = error instanceof ApiError && !error.passing;
    return (
      <Page>
        {refusal ? (
          <Refused message={error.message} query={query} />
        ) : (
          <ErrorState error={error} onRetry={() => void login.refetch()} />
        )}
      </Page>
    );
  }
  const answer = login.data;
  if (answer.type === 'redirect' && webAddress(answer.redirectUrl) !== null) {
    return (
      <Page>
        <Loading what={`the console as ${answer.role ?? query}`} />
      </Page>
    );
  }
  return (
    <Page>
      <Refused message={answer.message ?? 'The service gave no address to go to.'} query={query} />
    </Page>
  );
}
