import Box from '@cloudscape-design/components/box';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ComponentProps, type ReactNode, useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { sessionQuery } from '@/api/queries/session';
import { userProfileQuery } from '@/api/queries/user-profile';
import { SessionEndedModal } from '@/app/session-ended-modal';
import { SessionRenewal } from '@/app/session-renewal';
import { SignInPage } from '@/app/sign-in-page';
import { AwaitData } from '@/components/await-data';
import { takeReturnPath } from '@/lib/return-path';
import { wantedPath } from '@/lib/urls';

function AwaitPage<Data>(props: ComponentProps<typeof AwaitData<Data>>) {
  return props.query.data === undefined ? (
    <Box padding="l">
      <AwaitData {...props} />
    </Box>
  ) : (
    <AwaitData {...props} />
  );
}

function Profile({ children }: { children: ReactNode }) {
  const profile = useQuery(userProfileQuery);
  const navigate = useNavigate();
  const { pathname, search } = useLocation();

  useEffect(() => {
    const kept = takeReturnPath();
    if (kept !== null && pathname === '/' && search === '') void navigate(kept, { replace: true });
    // Only on arrival: later moves are the person's own.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  return (
    <AwaitPage query={profile} what="your profile">
      {() => (
        <>
          {children}
          <SessionEndedModal />
        </>
      )}
    </AwaitPage>
  );
}

/** Nothing is shown before it is known who is there. An outage shows as an outage, never as a sign-in page. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { pathname, search, hash } = useLocation();
  const path = wantedPath(`${pathname}${search}${hash}`);
  const client = useQueryClient();
  const session = useQuery(sessionQuery(new URL(path, window.location.origin).href));
  return (
    <AwaitPage query={session} what="ConsoleMe">
      {(state) =>
        state.signedIn ? (
          <>
            <SessionRenewal session={state} />
            <Profile>{children}</Profile>
          </>
        ) : (
          <SignInPage
            path={path}
            redirectUrl={state.redirectUrl}
            message={state.message}
            onRecheck={() => void client.invalidateQueries({ queryKey: ['session'] })}
          />
        )
      }
    </AwaitPage>
  );
}
