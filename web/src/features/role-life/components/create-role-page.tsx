import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useProfile } from '@/api/queries/user-profile';
import { mayCreateRoles } from '@/api/site';
import type { Answer } from '@/api/types';
import { ErrorState } from '@/components/error-state';
import { InAppLink } from '@/components/in-app-link';
import { useMakeRole } from '@/features/role-life/api/role-life';
import { RoleFields } from '@/features/role-life/components/role-fields';
import { emptyRole, type RoleDraft, roleFaults, type RoleFaults, toMaking } from '@/features/role-life/lib/role-draft';
import { usePageTitle } from '@/lib/page-title';

interface OutcomeProps {
  made: Answer<'/api/v2/roles', 'post'>;
  draft: RoleDraft;
  onAgain: () => void;
}

/** Every step with what came of it; a role that was made has a page. */
function Outcome({ made, draft, onAgain }: OutcomeProps) {
  const created = made.role_created === 'true';
  return (
    <Container header={<Header variant="h2">{created ? 'The role is made' : 'The role was not made'}</Header>}>
      <SpaceBetween size="m">
        {made.action_results.map(({ status, message }, index) => (
          <StatusIndicator key={index} type={status === 'success' ? 'success' : 'error'}>
            <span className="breaking">{message}</span>
          </StatusIndicator>
        ))}
        <SpaceBetween direction="horizontal" size="m" alignItems="center">
          {created && (
            <InAppLink to={`/policies/edit/${draft.accountId}/iamrole/${draft.name.trim()}`}>
              {`The page of ${draft.name.trim()}`}
            </InAppLink>
          )}
          {typeof made.request_id === 'string' && (
            <InAppLink to={`/policies/request/${made.request_id}`}>How it was recorded</InAppLink>
          )}
          <Button onClick={onAgain}>{created ? 'Make another one' : 'Back to the form'}</Button>
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

function RoleForm({ original }: { original: string }) {
  const [draft, setDraft] = useState(() => emptyRole(original));
  const [faults, setFaults] = useState<RoleFaults>({});
  const [key, setKey] = useState(() => crypto.randomUUID());
  const make = useMakeRole();
  const send = () => {
    const found = roleFaults(draft);
    setFaults(found);
    if (Object.keys(found).length === 0) make.mutate({ making: toMaking(draft), key });
  };
  const edit = (part: Partial<RoleDraft>) => {
    setDraft({ ...draft, ...part });
    setFaults({});
    setKey(crypto.randomUUID());
    make.reset();
  };
  if (make.isSuccess) return <Outcome made={make.data} draft={draft} onAgain={() => edit({})} />;
  return (
    <Form
      actions={
        <Button variant="primary" loading={make.isPending} onClick={send}>
          {draft.kind === 'clone' ? 'Copy the role' : 'Make the role'}
        </Button>
      }
    >
      <SpaceBetween size="l">
        <Container>
          <RoleFields draft={draft} faults={faults} onChange={edit} />
        </Container>
        {make.isError && <ErrorState error={make.error} onRetry={send} />}
      </SpaceBetween>
    </Form>
  );
}

/** For those who make roles without asking anybody; it is recorded as a request all the same. */
export function CreateRolePage() {
  usePageTitle('New role');
  const profile = useProfile();
  const [params] = useSearchParams();
  return (
    <ContentLayout
      header={
        <Header variant="h1" description="Makes a role at once, and records it as a request that was approved.">
          New role
        </Header>
      }
    >
      {mayCreateRoles(profile) ? (
        <RoleForm original={params.get('clone') ?? ''} />
      ) : (
        <Alert type="info" header="You may not make roles">
          Who may is said by the permission can_create_roles. Ask somebody who has it, or ask for a change of a role
          that is there.
        </Alert>
      )}
    </ContentLayout>
  );
}
