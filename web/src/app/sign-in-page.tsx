import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { NoWay, SignInChoice } from '@/app/sign-in-choice';
import { useLeave } from '@/lib/leave';
import { usePageTitle } from '@/lib/page-title';
import { keepReturnPath } from '@/lib/return-path';
import { SIGN_IN_PATH, ownPath, webAddress } from '@/lib/urls';

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
  const go = (url: URL) => {
    keepReturnPath(path);
    leave(url.href);
  };
  return (
    <main className="sign-in">
      <Container header={<Header variant="h1">Sign in to ConsoleMe</Header>}>
        <SpaceBetween size="m">
          <Box variant="p">AWS roles, credentials and permission requests for every account, in one place.</Box>
          <Ways target={target} path={path} message={message} onChoose={go} onRecheck={onRecheck} />
          {target !== null && path !== '/' && (
            <Box color="text-body-secondary" fontSize="body-s">
              You come back to <code className="arn">{path}</code>
            </Box>
          )}
        </SpaceBetween>
      </Container>
    </main>
  );
}

interface WaysProps extends Omit<Props, 'redirectUrl'> {
  target: URL | null;
  onChoose: (url: URL) => void;
}

/** The service names the one way to sign in, or this page itself when there are several. */
function Ways({ target, path, message, onChoose, onRecheck }: WaysProps) {
  if (target === null) return <NoWay message={message} onRecheck={onRecheck} />;
  if (ownPath(target)?.startsWith(SIGN_IN_PATH) === true) {
    return <SignInChoice path={path} message={message} onChoose={onChoose} onRecheck={onRecheck} />;
  }
  return (
    <Button variant="primary" onClick={() => onChoose(target)} fullWidth>
      Sign in
    </Button>
  );
}
