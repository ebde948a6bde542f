import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Review, ReviewChange } from '@/api/types';
import { PolicyDiff } from '@/components/policy-diff';
import { ChangeEditor } from '@/features/requests/components/change-editor';
import { StateIndicator } from '@/features/requests/components/state-indicator';
import type { Commands } from '@/features/requests/components/use-commands';
import { changeLook } from '@/features/requests/lib/states';

interface Props {
  change: ReviewChange;
  review: Review;
  outdated: boolean;
  commands: Commands;
}

export function ChangeReview({ change, review, outdated, commands }: Props) {
  const [editing, setEditing] = useState(false);
  const editable = review.allowed_actions.includes('update_change') && !outdated;
  const rebase = () => void commands.sendEdit({ command: 'update_change', change_id: change.id });
  const sending = commands.sending?.command === 'update_change' && commands.sending.change_id === change.id;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={<code className="breaking">{change.target_arn}</code>}
          actions={
            editable && !editing ? (
              <SpaceBetween direction="horizontal" size="xs">
                {review.state === 'needs_rebase' && (
                  <Button loading={sending} onClick={rebase}>
                    Bring up to what is there now
                  </Button>
                )}
                {change.after !== null && (
                  <Button iconName="edit" onClick={() => setEditing(true)} ariaLabel={`Edit: ${change.title}`}>
                    Edit
                  </Button>
                )}
              </SpaceBetween>
            ) : undefined
          }
        >
          <SpaceBetween direction="horizontal" size="s" alignItems="center">
            <span>{change.title}</span>
            <span className="header-state">
              <StateIndicator look={changeLook(change.status)} />
            </span>
          </SpaceBetween>
        </Header>
      }
    >
      <SpaceBetween size="m">
        {change.error !== null && (
          <Alert type="error" header="This change was not applied">
            {change.error}
          </Alert>
        )}
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
          <PolicyDiff
            title={change.title}
            before={change.before}
            after={change.after}
            beforeLabel="Before"
            afterLabel="After"
          />
        )}
      </SpaceBetween>
    </Container>
  );
}
