import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Ending } from '@/features/sessions/api/sessions';
import { clientName } from '@/features/sessions/lib/client-name';

interface Props {
  ending: Ending;
  /** Whose sessions; null for one's own. */
  user: string | null;
  sending: boolean;
  onCancel: () => void;
  onConfirm: () => void;
}

function wordsOf(ending: Ending, user: string | null): { header: string; button: string; text: string } {
  if (ending.kind === 'one') {
    const { current, kind, client } = ending.session;
    const what = kind === 'cli' ? 'command line' : 'browser';
    return {
      header: current ? 'End the session you are using?' : 'End this session?',
      button: 'End the session',
      text: current
        ? 'You will be signed out here at once.'
        : `The ${what} (${clientName(client)}) is signed out with its next request. Credentials that it already holds stay valid until they expire.`,
    };
  }
  const whose = user ?? 'you';
  return {
    header: `Sign ${whose} out ${ending.kind === 'all' ? 'everywhere' : 'everywhere else'}?`,
    button: ending.kind === 'all' ? 'Sign out everywhere' : 'Sign out everywhere else',
    text: `Every browser and command line${ending.kind === 'others' ? ' but this one' : ''} is signed out with its next request. Credentials that they already hold stay valid until they expire.`,
  };
}

export function EndSessionsModal({ ending, user, sending, onCancel, onConfirm }: Props) {
  const { header, button, text } = wordsOf(ending, user);
  return (
    <Modal
      visible
      header={header}
      onDismiss={onCancel}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onCancel}>
              Go back
            </Button>
            <Button variant="primary" loading={sending} onClick={onConfirm}>
              {button}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {text}
    </Modal>
  );
}
