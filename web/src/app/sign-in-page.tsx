import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useLeave } from '@/lib/leave';
import { usePageTitle } from '@/lib/page-title';
import { keepReturnPath } from '@/lib/return-path';
import { webAddress } from '@/lib/urls';

interface Props {
  path: string;
  redirectUrl: string | undefined;
  message: string;
  onRecheck: () => void;
}

export function SignInPage({ path, redirectUrl, message, onRecheck }: Props) {
  usePageTitle('Sign in');
  const leave = useLeave();
  const target = webAddress(redirectUrl);
  const signIn = () => {
    if (target === null) return;
    keepReturnPath(path);
    leave(target.href);
  };
  return (
    <main className="sign-in">
      <Container header={<Header variant="h1">Sign in to ConsoleMe</Header>}>
        <SpaceBetween size="m">
          <Box variant="p">AWS roles, credentials and permission requests for every account, in one place.</Box>
          {target === null ? (
            <Alert
              type="error"
              header="No way to sign in is set up"
              action={<Button onClick={onRecheck}>Check again</Button>}
            >
              The service says that you are signed out, but not where to sign in. {message}
            </Alert>
          ) : (
            <SpaceBetween size="xs">
              <Button variant="primary" onClick={signIn} fullWidth>
                Sign in
              </Button>
              {path !== '/' && (
                <Box color="text-body-secondary" fontSize="body-s">
                  You come back to <code className="arn">{path}</code>
                </Box>
              )}
            </SpaceBetween>
          )}
        </SpaceBetween>
      </Container>
    </main>
  );
}
