import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { loginConfigurationQuery } from '@/api/queries/login-configuration';
import { AwaitData } from '@/components/await-data';
import { webAddress } from '@/lib/urls';

interface Props {
  path: string;
  message: string;
  onChoose: (url: URL) => void;
  onRecheck: () => void;
}

/** One button for each way to sign in, in the order of the configuration. */
export function SignInChoice({ path, message, onChoose, onRecheck }: Props) {
  const query = useQuery(loginConfigurationQuery(path));
  return (
    <AwaitData query={query} what="the ways to sign in">
      {({ methods, custom_message: words }) => {
        const ways = methods.flatMap(({ name, label, url }) => {
          const target = webAddress(url);
          return target === null ? [] : [{ name, label, target }];
        });
        if (ways.length === 0) return <NoWay message={message} onRecheck={onRecheck} />;
        return (
          <SpaceBetween size="xs">
            {words !== undefined && words !== '' && <Box variant="p">{words}</Box>}
            {ways.map(({ name, label, target }, place) => (
              <Button
                key={name}
                variant={place === 0 ? 'primary' : 'normal'}
                onClick={() => onChoose(target)}
                fullWidth
              >
                {name === 'plugin' ? label : `Sign in with ${label}`}
              </Button>
            ))}
          </SpaceBetween>
        );
      }}
    </AwaitData>
  );
}

export function NoWay({ message, onRecheck }: Pick<Props, 'message' | 'onRecheck'>) {
  return (
    <Alert type="error" header="No way to sign in is set up" action={<Button onClick={onRecheck}>Check again</Button>}>
      The service says that you are signed out, but not where to sign in. {message}
    </Alert>
  );
}
