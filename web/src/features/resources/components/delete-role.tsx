import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ErrorState } from '@/components/error-state';
import { type Role, useDeleteRole } from '@/features/resources/api/resources';
import { dateText } from '@/features/resources/lib/words';
import { showFlash } from '@/lib/flashes';

function DeleteModal({ role, onClose }: { role: Role; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [key] = useState(() => crypto.randomUUID());
  const remove = useDeleteRole();
  const navigate = useNavigate();
  const send = () =>
    remove.mutate(
      { accountId: role.account_id, name: role.name, key },
      {
        onSuccess({ message, request_id }) {
          showFlash({ id: 'role-deleted', type: 'success', goesAlong: true, content: message });
          void navigate(`/policies/request/${request_id}`);
        },
      },
    );
  const used =
    role.last_used_time === null
      ? 'It was not used in the last 400 days.'
      : `It was last used ${dateText(role.last_used_time)}.`;
  return (
    <Modal
      visible
      header={`Delete the role ${role.name}?`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Go back
            </Button>
            <Button
              variant="primary"
              loading={remove.isPending}
              disabled={typed !== role.name}
              disabledReason="Type the name of the role first."
              onClick={send}
            >
              Delete the role
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">
          {`It goes at once with its ${String(role.inline_policies.length)} inline policies, and whoever uses it is refused. ${used}`}
        </Alert>
        {remove.isError && <ErrorState error={remove.error} onRetry={send} />}
        <FormField label={`Type ${role.name} to confirm`} stretch>
          <Input value={typed} onChange={({ detail }) => setTyped(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}

/** For those who may without asking anybody; it is recorded as a request all the same. */
export function DeleteRole({ role }: { role: Role }) {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button onClick={() => setAsked(true)}>Delete</Button>
      {asked && <DeleteModal role={role} onClose={() => setAsked(false)} />}
    </>
  );
}
