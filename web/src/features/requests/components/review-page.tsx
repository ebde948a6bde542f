import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { ErrorState } from '@/components/error-state';
import { InAppLink } from '@/components/in-app-link';
import { Loading } from '@/components/loading';
import { requestQuery } from '@/features/requests/api/requests';
import { RequestReview } from '@/features/requests/components/request-review';
import { usePageTitle } from '@/lib/page-title';

export function ReviewPage() {
  const { requestId = '' } = useParams();
  usePageTitle(`Request ${requestId.slice(0, 8)}`);
  const request = useQuery(requestQuery(requestId));
  if (request.isPending) return <Loading what="the request" />;
  if (request.data === undefined) {
    return (
      <SpaceBetween size="m">
        <ErrorState error={request.error} onRetry={() => void request.refetch()} />
        <InAppLink to="/requests">All requests</InAppLink>
      </SpaceBetween>
    );
  }
  return <RequestReview key={requestId} requestId={requestId} latest={request.data} />;
}
