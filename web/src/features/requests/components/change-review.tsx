import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Review, ReviewChange } from '@/api/types';
import { ChangeContent } from '@/features/changes/components/change-content';
import { EndText } from '@/features/changes/components/end-text';
import { CHANGE_NAMES, holdsDocument } from '@/features/changes/lib/change-kinds';
import { ChangeEditor } from '@/features/requests/components/change-editor';
import { FindingList } from '@/features/requests/components/finding-list';
import { StateIndicator } from '@/features/requests/components/state-indicator';
import type { Commands } from '@/features/requests/components/use-commands';
import { changeLook } from '@/features/requests/lib/states';

interface Props {
  change: ReviewChange;
  review: Review;
  outdated: boolean;
  commands: Commands;
}

interface ActionProps extends Props {
  onEdit: () => void;
}

function ChangeActions({ change, review, commands, onEdit }: ActionProps) {
  const { state, changes, allowed_actions: allowed } = review;
  const busy = (command: string) => commands.sending?.command === command && commands.sending.change_id === change.id;
  const edit = (command: 'update_change' | 'cancel_change') =>
    void commands.sendEdit({ command, change_id: change.id });
  const others = changes.filter(({ status }) => status !== 'cancelled').length > 1;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {allowed.includes('update_change') && state === 'needs_rebase' && (
        <Button loading={busy('update_change')} onClick={() => edit('update_change')}>
          Bring up to what is there now
        </Button>
      )}
      {allowed.includes('update_change') && holdsDocument(change.change_type) && change.after !== null && (
        <Button iconName="edit" onClick={onEdit} ariaLabel={`Edit: ${change.title}`}>
          Edit
        </Button>
      )}
      {allowed.includes('cancel_change') && others && (
        <Button
          iconName="remove"
          loading={busy('cancel_change')}
          ariaLabel={`Take out: ${change.title}`}
          onClick={() => edit('cancel_change')}
        >
          Take out
        </Button>
      )}
    </SpaceBetween>
  );
}

function ChangeNotes({ change, review }: Pick<Props, 'change' | 'review'>) {
  const end = review.ends.find(({ change_id }) => change_id === change.id);
  return (
    <>
      {change.error !== null && (
        <Alert
          type="error"
          header={change.status === 'applied' ? 'This change could not be taken back' : 'This change was not applied'}
        >
          {change.error}
        </Alert>
      )}
      {typeof end?.failure === 'string' && (
        <Alert type={end.stuck ? 'error' : 'warning'} header="Its end keeps failing, and is tried again">
          {end.failure}
        </Alert>
      )}
      {change.continues && (
        <Alert type="info">Another request has put this there for a time. This one keeps it there.</Alert>
      )}
    </>
  );
}

export function ChangeReview(props: Props) {
  const { change, review, outdated, commands } = props;
  const [editing, setEditing] = useState(false);
  const editable = review.allowed_actions.includes('update_change') && !outdated;
  const sending = commands.sending?.command === 'update_change' && commands.sending.change_id === change.id;
  const open = !outdated && !editing && change.status !== 'cancelled';
  return (
    <div id={`change-${change.id}`}>
      <Container
        header={
          <Header
            variant="h2"
            description={
              <>
                {CHANGE_NAMES[change.change_type]} of <code className="breaking">{change.target_arn}</code>
              </>
            }
            actions={open ? <ChangeActions {...props} onEdit={() => setEditing(true)} /> : undefined}
          >
            <SpaceBetween direction="horizontal" size="s" alignItems="center">
              <span>{change.title}</span>
              <span className="header-state">
                <StateIndicator look={changeLook(change.status)} />
              </span>
            </SpaceBetween>
          </Header>
        }
        footer={<EndText change={change} />}
      >
        <SpaceBetween size="m">
          <ChangeNotes change={change} review={review} />
          <FindingList findings={review.findings.filter(({ change_id }) => change_id === change.id)} />
          {editing && editable ? (
            <ChangeEditor
              change={change}
              sending={sending}
              onCancel={() => setEditing(false)}
              onSave={(document) =>
                void commands.sendEdit({ command: 'update_change', change_id: change.id, policy_document: document })
              }
            />
          ) : (
            <ChangeContent
              type={change.change_type}
              title={change.title}
              target={change.target_arn}
              wish={change.wish}
              before={change.before}
              after={change.after}
            />
          )}
        </SpaceBetween>
      </Container>
    </div>
  );
}
