import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { RefreshRun } from '@/api/types';
import { TimeText } from '@/components/time-text';
import { isRunning } from '@/features/inventory/api/inventory';
import { AccountRuns } from '@/features/inventory/components/account-runs';
import { summarise } from '@/features/inventory/lib/run-summary';

interface Props {
  run: RefreshRun;
  names: ReadonlyMap<string, string>;
}

function resultText(run: RefreshRun, total: number, failed: number, counts: string): string {
  if (run.status === 'abandoned') return 'It did not end in time; another one may start.';
  if (run.status === 'failed' && total === 0) return run.error ?? 'The refresh failed before it reached an account.';
  return failed > 0
    ? `${String(failed)} of ${String(total)} accounts failed; ${counts}`
    : `${String(total)} accounts; ${counts}`;
}

/** The latest run: how far it is, what it wrote, and which accounts failed. */
export function RefreshProgress({ run, names }: Props) {
  const { total, done, failed, warned, roles, written, removed } = summarise(run);
  const running = isRunning(run);
  const counts = `${String(roles)} roles seen, ${String(written)} written, ${String(removed)} removed`;
  return (
    <Container>
      <SpaceBetween size="s">
        <ProgressBar
          label="Latest refresh"
          status={running ? 'in-progress' : run.status === 'succeeded' ? 'success' : 'error'}
          value={total === 0 ? 0 : Math.round((100 * done) / total)}
          additionalInfo={
            <>
              Started <TimeText at={run.started_at} />
              {run.finished_at !== null && (
                <>
                  , finished <TimeText at={run.finished_at} />
                </>
              )}
            </>
          }
          description={running ? `${String(done)} of ${String(total)} accounts; ${counts}` : undefined}
          resultText={resultText(run, total, failed.length, counts)}
        />
        {failed.length > 0 && (
          <Alert type="warning" header="What is known of these accounts stays as it was">
            {failed.map(([id, { error }]) => (
              <Box key={id}>
                <strong>{names.get(id) ?? id}</strong>: {error ?? 'no reason was given'}
              </Box>
            ))}
          </Alert>
        )}
        {(run.error !== null || run.warning !== null || warned.length > 0) && (
          <Alert type="info" header="What the refresh has to say">
            {run.error !== null && <Box>{run.error}</Box>}
            {run.warning !== null && <Box>{run.warning}</Box>}
            {warned.map(([id, { warning }]) => (
              <Box key={id}>
                <strong>{names.get(id) ?? id}</strong>: {warning}
              </Box>
            ))}
          </Alert>
        )}
        <ExpandableSection headerText="Account by account" defaultExpanded={running}>
          <AccountRuns run={run} names={names} />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}
