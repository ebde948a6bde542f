import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Review } from '@/api/types';
import { ArnText } from '@/components/arn-text';
import { CopyText } from '@/components/copy-text';
import { InAppLink } from '@/components/in-app-link';
import { TimeText } from '@/components/time-text';
import { UNDECIDED } from '@/features/requests/lib/states';

interface Props {
  requestId: string;
  review: Review;
}

const ON_FAILURE: Readonly<Record<Review['on_failure'], string>> = {
  keep: 'Others of its changes stay',
  rollback: 'Others of its changes are taken back',
};

function more({ state, decide_by, extends: continued, on_failure, changes }: Review): KeyValuePairsProps.Pair[] {
  return [
    ...(UNDECIDED.has(state) ? [{ label: 'Decided at the latest', value: <TimeText at={decide_by} /> }] : []),
    ...(changes.length > 1 ? [{ label: 'If one change fails', value: ON_FAILURE[on_failure] }] : []),
    ...(continued === null
      ? []
      : [
          {
            label: 'Continues',
            value: <InAppLink to={`/policies/request/${continued}`}>{`Request ${continued.slice(0, 8)}`}</InAppLink>,
          },
        ]),
  ];
}

export function ReviewSummary({ requestId, review }: Props) {
  return (
    <Container>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Requester', value: review.requester },
            { label: 'Requested', value: <TimeText at={review.created_at} /> },
            {
              label: 'Revision',
              value: (
                <span className="arn" title={review.revision_hash}>
                  {review.revision} <code>{review.revision_hash.slice(0, 10)}</code>
                  <CopyText text={review.revision_hash} what="revision hash" />
                </span>
              ),
            },
            ...more(review),
          ]}
        />
        <KeyValuePairs
          columns={2}
          minColumnWidth={320}
          items={[
            { label: 'About', value: <ArnText arn={review.principal_arn} /> },
            { label: 'Request id', value: <ArnText arn={requestId} what="request id" /> },
          ]}
        />
        <div>
          <Box variant="awsui-key-label">Justification</Box>
          <p className="comment-text">{review.justification || 'None was given.'}</p>
        </div>
      </SpaceBetween>
    </Container>
  );
}
