import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { Answer, Modification, RequestDetail, Review } from '@/api/types';
import { InAppLink } from '@/components/in-app-link';
import { requestQuery, useDiscardDraft, useModifyRequest } from '@/features/requests/api/requests';
import { ApiError } from '@/lib/api-error';
import { dismissFlashes, showError, showFlash } from '@/lib/flashes';

/** What is not on the page anyway a moment later. */
const DONE: Readonly<Record<string, string>> = {
  reject_request: 'The request is rejected.',
  cancel_request: 'The request is cancelled.',
  update_change: 'Your edit is a new revision. Somebody else reviews it now.',
  cancel_change: 'The change is taken out. What is left is a new revision.',
  submit_draft: 'Your request is sent. Somebody else reviews it now.',
  ask_for_changes: 'The author is asked for changes.',
  change_expiry: 'The end is changed.',
  end_request: 'It is being taken back.',
  retry_failed: 'What failed is being tried again.',
  move_back_to_pending: 'The request waits for a decision again.',
};

/** The service names the path of the new request in its words. */
function Extended({ results }: { results: readonly { message: string }[] }) {
  const path = /\/policies\/request\/[\w-]+/.exec(results.map(({ message }) => message).join(' '))?.[0];
  return (
    <>
      More time is asked for, by a request of its own.{' '}
      {path !== undefined && <InAppLink to={path}>Open the new request</InAppLink>}
    </>
  );
}

function tell(
  command: string,
  { errors, action_results: results }: Answer<'/api/v2/requests/{request_id}', 'put'>,
): void {
  for (const [index, { status, message }] of results.entries()) {
    if (status === 'error')
      showFlash({
        id: `command:${String(index)}`,
        type: 'error',
        header: 'The service did not do this',
        content: message,
      });
  }
  const done = DONE[command] ?? (command === 'extend_request' ? <Extended results={results} /> : undefined);
  if (errors === 0 && done !== undefined) showFlash({ id: 'command:done', type: 'success', content: done });
}

export interface Commands {
  /** The command under way, if there is one. */
  sending: Modification | null;
  /** Sends a command about what is shown; true when the service carried it out. */
  send: (model: Modification) => Promise<boolean>;
  /** Like `send`; the revision that comes of it is shown at once, because the reader made it. */
  sendEdit: (model: Modification) => Promise<boolean>;
  /** Throws a draft away, and leaves its page. */
  discard: () => Promise<void>;
}

/** Every command names the revision that was on the screen, so that nothing else can be decided about. */
export function useCommands(requestId: string, review: Review, show: (detail: RequestDetail) => void): Commands {
  const modify = useModifyRequest(requestId);
  const thrown = useDiscardDraft(requestId);
  const navigate = useNavigate();
  const client = useQueryClient();
  const latest = () => client.query(requestQuery(requestId));

  const tellRefusal = async (error: unknown) => {
    // An ended session has its own window.
    if (error instanceof ApiError && error.trouble === 'signed-out') return;
    const conflict = error instanceof ApiError && error.trouble === 'conflict';
    // A later revision shows itself on the page, with what is different.
    const now = conflict ? await latest().catch(() => null) : null;
    if (now !== null && now.review.revision_hash !== review.revision_hash) return;
    showError(error);
  };

  const begin = () => {
    dismissFlashes('command:');
    dismissFlashes('error:');
  };

  const send = async (model: Modification): Promise<boolean> => {
    const { revision, revision_hash } = review;
    begin();
    try {
      const answer = await modify.mutateAsync({ revision, revision_hash, ...model });
      tell(model.command, answer);
      return answer.errors === 0;
    } catch (error) {
      await tellRefusal(error);
      return false;
    }
  };

  return {
    sending: modify.isPending ? modify.variables : thrown.isPending ? { command: 'cancel_request' } : null,
    send,
    async sendEdit(model) {
      if (!(await send(model))) return false;
      show(await latest());
      return true;
    },
    async discard() {
      begin();
      try {
        await thrown.mutateAsync();
      } catch (error) {
        await tellRefusal(error);
        return;
      }
      showFlash({ id: 'command:done', type: 'success', goesAlong: true, content: 'The draft is thrown away.' });
      await navigate('/requests');
    },
  };
}
