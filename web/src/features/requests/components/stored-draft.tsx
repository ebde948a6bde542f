import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Review } from '@/api/types';
import { ErrorState } from '@/components/error-state';
import { InAppButton } from '@/components/in-app-button';
import { Loading } from '@/components/loading';
import { requestQuery } from '@/features/requests/api/requests';
import { RequestForm } from '@/features/requests/components/request-form';
import { basketOf, type StoredDraft as Draft } from '@/features/requests/lib/basket';

interface Props {
  requestId: string;
}

function opened(requestId: string, review: Review): Draft | null {
  const basket = review.state === 'draft' ? basketOf(review) : null;
  return basket === null ? null : { requestId, basket };
}

/** What was there when the page was opened: what is looked up later takes nothing away that was filled in since. */
function Editor({ requestId, review }: Props & { review: Review }) {
  const [stored] = useState(() => opened(requestId, review));
  if (stored !== null) return <RequestForm linked={null} stored={stored} onEdit={() => undefined} />;
  const [header, text] =
    review.state === 'draft'
      ? [
          'This form has no fields for it',
          'The draft holds a change that was made in another way. Its own page sends it.',
        ]
      : ['This is no draft any more', 'It was sent. What it holds is edited on its own page.'];
  return (
    <Alert
      type="warning"
      header={header}
      action={<InAppButton to={`/policies/request/${requestId}`}>Open the request</InAppButton>}
    >
      {text}
    </Alert>
  );
}

/** A draft that the service keeps, back in the form it was made with. */
export function StoredDraft({ requestId }: Props) {
  const request = useQuery(requestQuery(requestId));
  if (request.isPending) return <Loading what="the draft" />;
  if (request.data === undefined) return <ErrorState error={request.error} onRetry={() => void request.refetch()} />;
  return <Editor key={requestId} requestId={requestId} review={request.data.review} />;
}
