import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { Inbox } from '@/api/types';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { inboxQuery, useMark } from '@/features/notifications/api/notifications';
import { Note } from '@/features/notifications/components/note';
import { usePageTitle } from '@/lib/page-title';

function Notes({ inbox, onMark }: { inbox: Inbox; onMark: ReturnType<typeof useMark>['mutate'] }) {
  if (inbox.notifications.length === 0)
    return (
      <Container>
        <EmptyState title="Nothing to read">
          You find a note here when a request waits for your decision, when something happens to a request of yours, and
          when AWS refuses a call of a role that you own and a policy would help.
        </EmptyState>
      </Container>
    );
  return inbox.notifications.map((note) => (
    <Note key={note.predictable_id} note={note} onMark={(action) => onMark({ action, notes: [note] })} />
  ));
}

export function NotificationsPage() {
  usePageTitle('Notifications');
  const navigate = useNavigate();
  const query = useQuery(inboxQuery);
  const mark = useMark();
  const unread = (query.data?.notifications ?? []).filter((note) => !note.read_for_current_user);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="What is for you, or for a group of yours. Notes go away by themselves when they are not renewed."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                href="/preferences"
                onFollow={(event) => {
                  event.preventDefault();
                  void navigate('/preferences');
                }}
              >
                Preferences
              </Button>
              <Button
                disabled={unread.length === 0}
                loading={mark.isPending}
                onClick={() => mark.mutate({ action: 'toggle_read_for_current_user', notes: unread })}
              >
                Mark all as read
              </Button>
            </SpaceBetween>
          }
        >
          Notifications
        </Header>
      }
    >
      <SpaceBetween size="l">
        {mark.isError && (
          <ErrorState error={mark.error} onRetry={() => void query.refetch().then(() => mark.reset())} />
        )}
        <AwaitData query={query} what="your notifications">
          {(inbox) => <Notes inbox={inbox} onMark={mark.mutate} />}
        </AwaitData>
      </SpaceBetween>
    </ContentLayout>
  );
}
