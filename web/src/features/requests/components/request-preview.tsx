import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef } from 'react';
import type { Review } from '@/api/types';
import { ErrorState } from '@/components/error-state';
import { ChangeContent } from '@/features/changes/components/change-content';
import { EndText } from '@/features/changes/components/end-text';
import { ApprovalStages } from '@/features/requests/components/approval-panel';
import { FindingList } from '@/features/requests/components/finding-list';

interface Props {
  review: Review;
  sending: boolean;
  error: unknown;
  onSend: () => void;
}

function Changes({ review: { changes, findings } }: { review: Review }) {
  return changes.map((change) => (
    <SpaceBetween key={change.id} size="xs">
      <Box variant="h3">{change.title}</Box>
      <Box fontSize="body-s" color="text-body-secondary">
        <code className="breaking">{change.target_arn}</code>
      </Box>
      <FindingList findings={findings.filter(({ change_id }) => change_id === change.id)} />
      <ChangeContent
        type={change.change_type}
        title={change.title}
        target={change.target_arn}
        wish={change.wish}
        before={change.before}
        after={change.after}
        beforeLabel="Now in AWS"
        afterLabel="After your request"
      />
      <EndText change={change} />
    </SpaceBetween>
  ));
}

/** What the service would make of the draft, and who would have to approve it. */
export function RequestPreview({ review, sending, error, onSend }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }, []);
  const titles = new Map(review.changes.map(({ id, title }) => [id, title]));
  return (
    <div ref={place}>
      <Container
        header={
          <Header
            variant="h2"
            description="Nothing is stored yet. The reviewer sees the same."
            actions={
              <Button variant="primary" loading={sending} onClick={onSend}>
                Send request
              </Button>
            }
          >
            Preview
          </Header>
        }
      >
        <SpaceBetween size="l">
          {error !== null && <ErrorState error={error} onRetry={onSend} />}
          <Changes review={review} />
          {review.approval.stages.length > 0 && (
            <div>
              <Box variant="h3">Who would have to approve</Box>
              <ApprovalStages stages={review.approval.stages} titles={titles} />
            </div>
          )}
        </SpaceBetween>
      </Container>
    </div>
  );
}
