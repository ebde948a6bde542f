import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Review } from '@/api/types';
import { DecisionModal } from '@/features/requests/components/decision-modal';
import type { Commands } from '@/features/requests/components/use-commands';
import { type CommandName, type Decision, decisionsIn } from '@/features/requests/lib/decisions';
import { UNDECIDED } from '@/features/requests/lib/states';

interface Props {
  review: Review;
  /** A later revision exists: what is shown cannot be decided about. */
  outdated: boolean;
  commands: Commands;
}

const OUTDATED = 'The request was edited meanwhile. Look at the new revision first.';

/** What may come of these is another revision, made by whoever looks at it. */
const REVISING: ReadonlySet<CommandName> = new Set(['change_expiry', 'submit_draft', 'move_back_to_pending']);

/** The service says what the person may do; of what is undecided it also says what they may not, and why. */
function offered({ state, allowed_actions: allowed, refusals }: Review): readonly Decision[] {
  const open = UNDECIDED.has(state);
  return decisionsIn(state).filter(
    ({ command, always }) => allowed.includes(command) || (open && always === true && command in refusals),
  );
}

export function DecisionButtons({ review, outdated, commands }: Props) {
  const [asked, setAsked] = useState<Decision | null>(null);
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        {offered(review).map((decision) => {
          const { command } = decision;
          const allowed = review.allowed_actions.includes(command);
          const reason = outdated ? OUTDATED : allowed ? null : review.refusals[command];
          return (
            <Button
              key={command}
              variant={decision.primary === true ? 'primary' : 'normal'}
              disabled={reason !== null}
              disabledReason={reason ?? undefined}
              loading={commands.sending?.command === command}
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
          onConfirm={(words) => {
            const send = REVISING.has(asked.command) ? commands.sendEdit : commands.send;
            const done = asked.discards === true ? commands.discard() : send({ command: asked.command, ...words });
            void done.then(() => setAsked(null));
          }}
        />
      )}
    </>
  );
}
