import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { fetchSession } from '@/api/queries/session';
import { endedSession } from '@/lib/ended-session';
import { useLeave } from '@/lib/leave';
import { keepReturnPath } from '@/lib/return-path';
import { useStore } from '@/lib/store';
import { webAddress } from '@/lib/urls';

/** The session ended under an open page. What was typed stays: sign in beside it and carry on. */
export function SessionEndedModal() {
  const ended = useStore(endedSession);
  const client = useQueryClient();
  const leave = useLeave();
  const target = webAddress(ended?.redirectUrl);
  const recheck = useMutation({
    mutationFn: () => fetchSession(window.location.href),
    onSuccess(state) {
      if (!state.signedIn) {
        endedSession.set({ redirectUrl: state.redirectUrl });
        return;
      }
      endedSession.set(null);
      void client.invalidateQueries();
    },
  });
  if (ended === null) return null;
  const close = () => endedSession.set(null);
  const signInHere = () => {
    if (target === null) return;
    keepReturnPath(`${window.location.pathname}${window.location.search}`);
    leave(target.href);
  };
  return (
    <Modal
      visible
      header="Your session has ended"
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {target !== null && (
              <>
                <Button onClick={signInHere}>Sign in here</Button>
                <Button href={target.href} target="_blank" iconName="external" iconAlign="right">
                  Sign in in a new tab
                </Button>
              </>
            )}
            <Button variant="primary" loading={recheck.isPending} onClick={() => recheck.mutate()}>
              I am signed in, carry on
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      Nothing on this page is lost. Sign in in a new tab and carry on here.
      {recheck.data?.signedIn === false && <Box color="text-status-error">The service still knows of no session.</Box>}
    </Modal>
  );
}
