import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AwaitData } from '@/components/await-data';
import { ErrorState } from '@/components/error-state';
import { YamlDiffView } from '@/components/yaml-diff-view';
import {
  type CurrentConfiguration,
  type Preview,
  previewQuery,
  useRollback,
} from '@/features/configuration/api/configuration';
import { FaultList } from '@/features/configuration/components/fault-list';
import { Effects, Guards, obstacleOf } from '@/features/configuration/components/findings';
import { guardsOf } from '@/features/configuration/lib/refusals';
import { savedFlash } from '@/features/configuration/lib/saved-flash';
import { showFlash } from '@/lib/flashes';

interface Props {
  number: number;
  text: string;
  /** What was in force when the person began to look: nothing else is replaced. */
  current: CurrentConfiguration;
  onDone: () => void;
}

function nowhere(): void {
  // There is no editor here to go to a line of.
}

function Restore({ number, text, current, onDone, preview }: Props & { preview: Preview }) {
  const [comment, setComment] = useState('');
  const [confirmed, setConfirmed] = useState<string[]>([]);
  const rollback = useRollback();
  const told = rollback.isError ? guardsOf(rollback.error) : [];
  const guards = told.length > 0 ? told : preview.guards;
  const obstacle = obstacleOf(guards, confirmed);
  const send = async () => {
    try {
      const wish = { version: number, existing_sha256: current.sha256, comment: comment.trim(), confirmed };
      showFlash(savedFlash(await rollback.mutateAsync(wish)));
      onDone();
    } catch {
      // Shown below, where the person reads it.
    }
  };
  if (preview.faults.length > 0) return <FaultList faults={preview.faults} onGoTo={nowhere} />;
  return (
    <SpaceBetween size="m">
      <Effects effects={preview.effects} />
      <Guards guards={guards} confirmed={confirmed} onConfirm={setConfirmed} />
      <YamlDiffView
        title={`Back to version ${String(number)}`}
        before={current.dynamicConfig}
        after={text}
        beforeLabel="In force now"
        afterLabel={`Version ${String(number)} again`}
      />
      <FormField label="Why (optional)" description="It stands in the history and in the audit log." stretch>
        <Input value={comment} onChange={({ detail }) => setComment(detail.value.slice(0, 2000))} />
      </FormField>
      {rollback.isError && <ErrorState error={rollback.error} />}
      <Button
        variant="primary"
        loading={rollback.isPending}
        disabled={obstacle !== null}
        disabledReason={obstacle ?? undefined}
        onClick={() => void send()}
      >
        {`Put version ${String(number)} in force again`}
      </Button>
    </SpaceBetween>
  );
}

/** An older text becomes a new version, after the same look at what it does. */
export function RestoreForm(props: Props) {
  const preview = useQuery(previewQuery(props.text, props.current.sha256));
  return (
    <AwaitData query={preview} what="what it would do">
      {(found) => <Restore {...props} preview={found} />}
    </AwaitData>
  );
}
