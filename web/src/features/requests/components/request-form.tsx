import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { InAppButton } from '@/components/in-app-button';
import { ErrorState } from '@/components/error-state';
import type { ChangeDraft } from '@/features/changes/lib/drafts';
import { type Submission, usePreviewRequest, useSubmission } from '@/features/requests/api/requests';
import { RequestFields } from '@/features/requests/components/request-fields';
import { RequestPreview } from '@/features/requests/components/request-preview';
import { type BasketForm, useBasket } from '@/features/requests/components/use-basket';
import { type StoredDraft, toNewRequest } from '@/features/requests/lib/basket';
import { showFlash } from '@/lib/flashes';
import { nowSeconds } from '@/lib/times';

const DONE = {
  send: 'Your request is sent. Somebody else reviews it now.',
  keep: 'Your draft is kept. Only you see it, until you send it.',
};

/** What is filled in, and the same with each edit told: what was looked at before is not what would be sent. */
function telling(form: BasketForm, tell: () => void): BasketForm {
  const first =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args) => {
      act(...args);
      tell();
    };
  return {
    ...form,
    change: first(form.change),
    add: first(form.add),
    remove: first(form.remove),
    say: first(form.say),
    startOver: first(form.startOver),
  };
}

interface Props {
  linked: ChangeDraft | null;
  /** The draft that is edited; null for what the browser keeps. */
  stored: StoredDraft | null;
  onEdit: () => void;
}

/** Fill in, look at what it does, send. What is sent is exactly what was looked at. */
export function RequestForm({ linked, stored, onEdit }: Props) {
  const [key, setKey] = useState('');
  const preview = usePreviewRequest();
  const create = useSubmission(stored?.requestId ?? null);
  const draft = useSubmission(stored?.requestId ?? null);
  const navigate = useNavigate();
  const form = telling(useBasket(linked, stored?.basket ?? null), () => {
    preview.reset();
    create.reset();
    draft.reset();
    onEdit();
  });

  const look = () => {
    if (!form.check()) return;
    setKey(crypto.randomUUID());
    preview.mutate(toNewRequest(form.basket, nowSeconds()));
  };
  const done = {
    onSuccess(path: string, { aim }: Submission) {
      form.drop();
      showFlash({ id: 'request-created', type: 'success', goesAlong: true, content: DONE[aim] });
      void navigate(path);
    },
  };
  const send = () => {
    if (preview.variables !== undefined) create.mutate({ body: preview.variables, key, aim: 'send' }, done);
  };
  const keep = () => {
    if (!form.check()) return;
    const body = toNewRequest(form.basket, nowSeconds());
    draft.mutate({ body, key: crypto.randomUUID(), aim: 'keep' }, done);
  };

  const seen = preview.data?.review ?? null;
  return (
    <SpaceBetween size="l">
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <InAppButton variant="link" to="/requests">
              Back to the requests
            </InAppButton>
            <Button loading={draft.isPending} onClick={keep}>
              Save as a draft
            </Button>
            <Button variant={seen === null ? 'primary' : 'normal'} loading={preview.isPending} onClick={look}>
              {seen === null ? 'Preview' : 'Preview again'}
            </Button>
          </SpaceBetween>
        }
      >
        <RequestFields form={form} />
      </Form>
      {preview.isError && <ErrorState error={preview.error} onRetry={look} />}
      {draft.isError && <ErrorState error={draft.error} onRetry={keep} />}
      {seen !== null && (
        <RequestPreview
          review={seen}
          sending={create.isPending}
          error={create.isError ? create.error : null}
          onSend={send}
        />
      )}
    </SpaceBetween>
  );
}
