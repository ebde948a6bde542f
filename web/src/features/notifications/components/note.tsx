import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import type { InboxMark, Notification } from '@/api/types';
import { SafeMarkdown } from '@/components/safe-markdown';
import { TimeText } from '@/components/time-text';
import { ownPath, webAddress } from '@/lib/urls';

interface Props {
  note: Notification;
  onMark: (action: InboxMark) => void;
}

function ownAddress(uri: string): string | null {
  const address = webAddress(uri);
  return address === null ? null : ownPath(address);
}

export function Note({ note, onMark }: Props) {
  const navigate = useNavigate();
  const read = note.read_for_current_user;
  const steps = note.message_actions.flatMap(({ uri, text }) => {
    const path = ownAddress(uri);
    return path === null ? [] : [{ path, text }];
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          info={!read && <Badge color="blue">New</Badge>}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                ariaLabel={`${read ? 'Mark as unread' : 'Mark as read'}: ${note.header}`}
                onClick={() => onMark('toggle_read_for_current_user')}
              >
                {read ? 'Mark as unread' : 'Mark as read'}
              </Button>
              <Button ariaLabel={`Hide: ${note.header}`} onClick={() => onMark('toggle_hidden_for_current_user')}>
                Hide
              </Button>
            </SpaceBetween>
          }
        >
          {note.header}
        </Header>
      }
    >
      <SpaceBetween size="s">
        <div className="breaking">
          <SafeMarkdown text={note.message} />
        </div>
        {steps.map(({ path, text }) => (
          <Button
            key={path}
            variant="primary"
            href={path}
            onFollow={(event) => {
              event.preventDefault();
              void navigate(path);
            }}
          >
            {text}
          </Button>
        ))}
        <Box color="text-body-secondary" fontSize="body-s">
          <TimeText at={note.event_time} /> · for {note.users_or_groups.join(', ')}
        </Box>
      </SpaceBetween>
    </Container>
  );
}
