import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Review } from '@/api/types';
import { DecisionModal } from '@/features/requests/components/decision-modal';
import type { Commands } from '@/features/requests/components/use-commands';
import { type Decision, DECISIONS } from '@/features/requests/lib/decisions';

interface Props {
  review: Review;
  /** A later revision exists: what is shown cannot be decided about. */
  outdated: boolean;
  commands: Commands;
}

const OUTDATED = 'The request was edited meanwhile. Look at the new revision first.';
const OVER = new Set(['applied', 'partially_applied', 'failed', 'rejected', 'cancelled', 'expired']);

/** The service says what the person may do; what it refuses is shown with its reason. */
export function DecisionButtons({ review, outdated, commands }: Props) {
  const [asked, setAsked] = useState<Decision | null>(null);
  if (OVER.has(review.state)) return null;
  const allowed = new Set(review.allowed_actions);
  const offered = DECISIONS.filter(({ command }) => allowed.has(command) || command in review.refusals);
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        {offered.map((decision) => {
          const reason = outdated ? OUTDATED : allowed.has(decision.command) ? null : review.refusals[decision.command];
          return (
            <Button
              key={decision.command}
              variant={decision.primary ? 'primary' : 'normal'}
              disabled={reason !== null}
              disabledReason={reason ?? undefined}
              loading={commands.sending?.command === decision.command}
              onClick={() => setAsked(decision)}
            >
              {decision.text}
            </Button>
          );
        })}
      </SpaceBetween>
      {asked !== null && (
        <DecisionModal
          decision={asked}
          review={review}
          sending={commands.sending !== null}
          onCancel={() => setAsked(null)}
          onConfirm={(comment) => {
            void commands
              .send({ command: asked.command, ...(comment === '' ? {} : { comment_text: comment }) })
              .then(() => setAsked(null));
          }}
        />
      )}
    </>
  );
}
