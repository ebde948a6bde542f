import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Review } from '@/api/types';
import { ArnText } from '@/components/arn-text';
import { CopyText } from '@/components/copy-text';
import { TimeText } from '@/components/time-text';
import type { RequestFacts } from '@/features/requests/lib/extended-request';

interface Props {
  requestId: string;
  facts: RequestFacts;
  review: Review;
}

export function ReviewSummary({ requestId, facts, review }: Props) {
  return (
    <Container>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Requester', value: facts.requester },
            { label: 'Requested', value: facts.requestedAt === null ? 'unknown' : <TimeText at={facts.requestedAt} /> },
            {
              label: 'Revision',
              value: (
                <span className="arn" title={review.revision_hash}>
                  {review.revision} <code>{review.revision_hash.slice(0, 10)}</code>
                  <CopyText text={review.revision_hash} what="revision hash" />
                </span>
              ),
            },
            { label: 'Decided by', value: facts.reviewer ?? 'nobody yet' },
          ]}
        />
        <KeyValuePairs
          columns={2}
          minColumnWidth={320}
          items={[
            { label: 'Role', value: <ArnText arn={facts.principalArn} what="role ARN" /> },
            { label: 'Request id', value: <ArnText arn={requestId} what="request id" /> },
          ]}
        />
        <div>
          <Box variant="awsui-key-label">Justification</Box>
          <p className="comment-text">{facts.justification ?? 'None was given.'}</p>
        </div>
      </SpaceBetween>
    </Container>
  );
}
