import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ErrorState } from '@/components/error-state';
import { useCreateRequest, usePreviewRequest } from '@/features/requests/api/requests';
import { RequestFields } from '@/features/requests/components/request-fields';
import { RequestPreview } from '@/features/requests/components/request-preview';
import {
  type DraftFaults,
  draftFaults,
  previewedChanges,
  type RequestDraft,
  toNewRequest,
} from '@/features/requests/lib/new-request';
import { showFlash } from '@/lib/flashes';
import { ownPath, webAddress } from '@/lib/urls';

function useDraft(arn: string, policy: string) {
  const [draft, setDraft] = useState<RequestDraft>({
    arn,
    policyName: '',
    replaces: false,
    policy,
    justification: '',
  });
  const [faults, setFaults] = useState<DraftFaults>({});
  const change = (part: Partial<RequestDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setFaults((before) => Object.fromEntries(Object.entries(before).filter(([field]) => !(field in part))));
  };
  const check = () => {
    const found = draftFaults(draft);
    setFaults(found);
    return Object.keys(found).length === 0;
  };
  return { draft, faults, change, check };
}

/** Fill in, look at what it does, send. What is sent is exactly what was looked at. */
export function RequestForm({ arn, policy }: { arn: string; policy: string }) {
  const { draft, faults, change, check } = useDraft(arn, policy);
  const [key, setKey] = useState('');
  const preview = usePreviewRequest();
  const create = useCreateRequest();
  const navigate = useNavigate();

  const edit = (part: Partial<RequestDraft>) => {
    change(part);
    preview.reset();
    create.reset();
  };
  const look = () => {
    if (!check()) return;
    setKey(crypto.randomUUID());
    preview.mutate(toNewRequest(draft));
  };
  const send = () => {
    if (preview.variables === undefined) return;
    create.mutate(
      { body: preview.variables, key },
      {
        onSuccess(answer) {
          showFlash({
            id: 'request-created',
            type: 'success',
            goesAlong: true,
            content: 'Your request is sent. Somebody else reviews it now.',
          });
          const link = webAddress(answer.request_url);
          const path = link === null ? null : ownPath(link);
          void navigate(path ?? '/requests');
        },
      },
    );
  };

  const seen = preview.isSuccess;
  return (
    <SpaceBetween size="l">
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              variant="link"
              href="/requests"
              onFollow={(event) => {
                event.preventDefault();
                void navigate('/requests');
              }}
            >
              Back to the requests
            </Button>
            <Button variant={seen ? 'normal' : 'primary'} loading={preview.isPending} onClick={look}>
              {seen ? 'Preview again' : 'Preview'}
            </Button>
          </SpaceBetween>
        }
      >
        <Container header={<Header variant="h2">What you need</Header>}>
          <RequestFields draft={draft} faults={faults} onChange={edit} />
        </Container>
      </Form>
      {preview.isError && <ErrorState error={preview.error} onRetry={look} />}
      {seen && (
        <RequestPreview
          changes={previewedChanges(preview.data)}
          sending={create.isPending}
          error={create.isError ? create.error : null}
          onSend={send}
        />
      )}
    </SpaceBetween>
  );
}
