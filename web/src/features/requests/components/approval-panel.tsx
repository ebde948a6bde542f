import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ApprovalStage, Review } from '@/api/types';
import { TimeText } from '@/components/time-text';

type Approval = Review['approval'];
type Ruling = Approval['rulings'][number];

const VERDICTS: Readonly<Record<Ruling['verdict'], { text: string; type: StatusIndicatorProps.Type }>> = {
  approve: { text: 'approved', type: 'success' },
  reject: { text: 'rejected', type: 'error' },
  ask: { text: 'asked for changes', type: 'warning' },
};

function stageType({ complete, open }: ApprovalStage): StatusIndicatorProps.Type {
  if (complete) return 'success';
  return open ? 'in-progress' : 'pending';
}

function progress({ complete, open, approved_by, count }: ApprovalStage, begun: boolean): string {
  if (complete) return `Approved by ${approved_by.join(', ')}`;
  const so = approved_by.length === 0 ? '' : `: ${approved_by.join(', ')}`;
  return `${String(approved_by.length)} of ${String(count)}${so}${open || !begun ? '' : '. It waits for the stages before it'}`;
}

/** Stages of the approval, each with who may give it and who has. */
export function ApprovalStages({
  stages,
  titles,
}: {
  stages: readonly ApprovalStage[];
  titles: ReadonlyMap<string, string>;
}) {
  return (
    <ol className="timeline">
      {stages.map((stage, index) => (
        <li key={`${stage.rule}:${String(index)}`} className="stage">
          <StatusIndicator type={stageType(stage)}>
            {progress(
              stage,
              stages.some((other) => other.open),
            )}
          </StatusIndicator>
          <Box>
            <strong>{stage.approvers.join(', ') || 'Nobody'}</strong>
            {stage.count > 1 && ` (${String(stage.count)} of them)`}
          </Box>
          <Box fontSize="body-s" color="text-body-secondary">
            {`Rule “${stage.rule}”. ${stage.reason}`}
            {stage.change_ids.length < titles.size &&
              ` For: ${stage.change_ids.map((id) => titles.get(id) ?? id).join('; ')}.`}
          </Box>
        </li>
      ))}
    </ol>
  );
}

function Said({ ruling, revision }: { ruling: Ruling; revision: number }) {
  const { text, type } = VERDICTS[ruling.verdict];
  return (
    <li className="stage">
      <StatusIndicator type={ruling.revision === revision ? type : 'stopped'}>
        {`${ruling.rule === null ? ruling.actor : `The rule ${ruling.rule}`} ${text} `}
        <TimeText at={ruling.decided_at} />
        {ruling.revision !== revision && `, of revision ${String(ruling.revision)}: it does not count any more`}
      </StatusIndicator>
      {ruling.until !== null && (
        <Box fontSize="body-s">
          For no longer than <TimeText at={ruling.until} />.
        </Box>
      )}
      {ruling.comment !== '' && <p className="comment-text">{ruling.comment}</p>}
    </li>
  );
}

/** Who must approve, who has, and what was said. */
export function ApprovalPanel({ review }: { review: Review }) {
  const { approval, revision, changes, state } = review;
  const titles = new Map(changes.map(({ id, title }) => [id, title]));
  return (
    <Container
      header={
        <Header variant="h2" description={state === 'draft' ? 'Who must approve it once it is sent.' : approval.reason}>
          Approval
        </Header>
      }
    >
      <SpaceBetween size="m">
        {approval.stages.length > 0 && <ApprovalStages stages={approval.stages} titles={titles} />}
        {approval.rulings.length > 0 && (
          <div>
            <Box variant="awsui-key-label">What was decided</Box>
            <ol className="timeline">
              {approval.rulings.map((ruling, index) => (
                <Said
                  key={`${ruling.actor}:${String(ruling.decided_at)}:${String(index)}`}
                  ruling={ruling}
                  revision={revision}
                />
              ))}
            </ol>
          </div>
        )}
      </SpaceBetween>
    </Container>
  );
}
