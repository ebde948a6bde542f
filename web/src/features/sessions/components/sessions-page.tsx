import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { isAdministrator } from '@/api/site';
import { useProfile } from '@/api/queries/user-profile';
import { AwaitData } from '@/components/await-data';
import { type Ending, sessionsQuery, useEndSessions } from '@/features/sessions/api/sessions';
import { EndSessionsModal } from '@/features/sessions/components/end-sessions-modal';
import { SessionsTable } from '@/features/sessions/components/sessions-table';
import { WhoseSessions } from '@/features/sessions/components/whose-sessions';
import { showFlash } from '@/lib/flashes';
import { useLeave } from '@/lib/leave';
import { usePageTitle } from '@/lib/page-title';

function endedText(count: number): string {
  return count === 1 ? 'One session was ended.' : `${String(count)} sessions were ended.`;
}

export function SessionsPage() {
  usePageTitle('Sessions');
  const profile = useProfile();
  const administrator = isAdministrator(profile);
  const [search, setSearch] = useSearchParams();
  const asked = administrator ? search.get('of') : null;
  const user = asked === null || asked.toLowerCase() === profile.user ? null : asked;
  const sessions = useQuery(sessionsQuery(user));
  const end = useEndSessions(user);
  const client = useQueryClient();
  const leave = useLeave();
  const [ending, setEnding] = useState<Ending | null>(null);

  const confirm = (chosen: Ending) => {
    end.mutate(chosen, {
      onSuccess({ ended }) {
        if (user === null && (chosen.kind === 'all' || (chosen.kind === 'one' && chosen.session.current))) {
          client.clear();
          leave('/');
          return;
        }
        showFlash({ id: 'sessions-ended', type: 'success', content: endedText(ended) });
      },
      onSettled: () => setEnding(null),
    });
  };

  return (
    <AwaitData query={sessions} what="the sessions">
      {({ sessions: items }) => (
        <>
          <SessionsTable
            sessions={items}
            onEnd={(session) => setEnding({ kind: 'one', session })}
            header={
              <SpaceBetween size="m">
                <Header
                  variant="awsui-h1-sticky"
                  counter={`(${String(items.length)})`}
                  description={user === null ? 'Where you are signed in.' : `Where ${user} is signed in.`}
                  actions={
                    <SpaceBetween direction="horizontal" size="xs">
                      {user === null && (
                        <Button
                          disabled={!items.some(({ current }) => !current)}
                          disabledReason="You are signed in nowhere else."
                          onClick={() => setEnding({ kind: 'others' })}
                        >
                          Sign out everywhere else
                        </Button>
                      )}
                      <Button disabled={items.length === 0} onClick={() => setEnding({ kind: 'all' })}>
                        Sign out everywhere
                      </Button>
                    </SpaceBetween>
                  }
                >
                  Sessions
                </Header>
                {administrator && (
                  <WhoseSessions
                    key={asked}
                    user={asked}
                    onChoose={(name) => setSearch(name === null ? {} : { of: name })}
                  />
                )}
              </SpaceBetween>
            }
          />
          {ending !== null && (
            <EndSessionsModal
              ending={ending}
              user={user}
              sending={end.isPending}
              onCancel={() => setEnding(null)}
              onConfirm={() => confirm(ending)}
            />
          )}
        </>
      )}
    </AwaitData>
  );
}
