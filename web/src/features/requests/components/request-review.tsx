import ContentLayout from '@cloudscape-design/components/content-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { RequestDetail } from '@/api/types';
import { ChangeReview } from '@/features/requests/components/change-review';
import { DecisionButtons } from '@/features/requests/components/decision-buttons';
import { History } from '@/features/requests/components/history';
import { NewerRevision } from '@/features/requests/components/newer-revision';
import { ReviewHeader } from '@/features/requests/components/review-header';
import { ReviewSummary } from '@/features/requests/components/review-summary';
import { StateNotes } from '@/features/requests/components/state-notes';
import { useCommands } from '@/features/requests/components/use-commands';
import { useShownRevision } from '@/features/requests/components/use-shown-revision';
import { readRequestFacts } from '@/features/requests/lib/extended-request';

interface Props {
  requestId: string;
  latest: RequestDetail;
}

export function RequestReview({ requestId, latest }: Props) {
  const { shown, newer, show } = useShownRevision(latest);
  const { review } = shown;
  const commands = useCommands(requestId, review, show);
  const facts = readRequestFacts(shown.request);
  return (
    <ContentLayout
      header={
        <ReviewHeader
          facts={facts}
          state={latest.review.state}
          actions={<DecisionButtons review={review} outdated={newer !== null} commands={commands} />}
        />
      }
    >
      <SpaceBetween size="l">
        {newer !== null && <NewerRevision shown={review} now={newer.review} onShow={() => show(newer)} />}
        <StateNotes review={latest.review} />
        <ReviewSummary requestId={requestId} facts={facts} review={review} />
        {review.changes.map((change) => (
          <ChangeReview
            key={`${change.id}:${review.revision_hash}`}
            change={change}
            review={review}
            outdated={newer !== null}
            commands={commands}
          />
        ))}
        <History
          timeline={latest.review.timeline}
          commands={commands}
          mayComment={latest.review.allowed_actions.includes('add_comment')}
        />
      </SpaceBetween>
    </ContentLayout>
  );
}
