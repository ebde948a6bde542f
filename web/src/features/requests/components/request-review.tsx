import ContentLayout from '@cloudscape-design/components/content-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { RequestDetail } from '@/api/types';
import { ApprovalPanel } from '@/features/requests/components/approval-panel';
import { ChangeReview } from '@/features/requests/components/change-review';
import { Comments } from '@/features/requests/components/comments';
import { DecisionButtons } from '@/features/requests/components/decision-buttons';
import { NewerRevision } from '@/features/requests/components/newer-revision';
import { ReviewHeader } from '@/features/requests/components/review-header';
import { ReviewSummary } from '@/features/requests/components/review-summary';
import { Revisions } from '@/features/requests/components/revisions';
import { StateNotes } from '@/features/requests/components/state-notes';
import { Timeline } from '@/features/requests/components/timeline';
import { useCommands } from '@/features/requests/components/use-commands';
import { useShownRevision } from '@/features/requests/components/use-shown-revision';

interface Props {
  requestId: string;
  latest: RequestDetail;
}

export function RequestReview({ requestId, latest }: Props) {
  const { shown, newer, show } = useShownRevision(latest);
  const { review } = shown;
  const commands = useCommands(requestId, review, show);
  const outdated = newer !== null;
  return (
    <ContentLayout
      header={
        <ReviewHeader
          review={review}
          state={latest.review.state}
          actions={<DecisionButtons review={review} outdated={outdated} commands={commands} />}
        />
      }
    >
      <SpaceBetween size="l">
        {newer !== null && <NewerRevision shown={review} now={newer.review} onShow={() => show(newer)} />}
        <StateNotes requestId={requestId} review={latest.review} />
        <ReviewSummary requestId={requestId} review={review} />
        <ApprovalPanel review={review} />
        {review.changes.map((change) => (
          <ChangeReview
            key={`${change.id}:${review.revision_hash}`}
            change={change}
            review={review}
            outdated={outdated}
            commands={commands}
          />
        ))}
        <Revisions requestId={requestId} review={review} />
        <Comments
          comments={latest.review.comments}
          commands={commands}
          mayComment={latest.review.allowed_actions.includes('add_comment')}
        />
        <Timeline timeline={latest.review.timeline} />
      </SpaceBetween>
    </ContentLayout>
  );
}
