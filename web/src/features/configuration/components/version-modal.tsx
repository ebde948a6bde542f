import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AwaitData } from '@/components/await-data';
import { TimeText } from '@/components/time-text';
import { YamlDiffView } from '@/components/yaml-diff-view';
import { type CurrentConfiguration, versionQuery } from '@/features/configuration/api/configuration';
import { RestoreForm } from '@/features/configuration/components/restore-form';
import { personName } from '@/features/configuration/lib/person';

type Shown = 'changed' | 'in-force';

interface Props {
  number: number;
  current: CurrentConfiguration;
  onClose: () => void;
}

/** What the version before it said; the first one has none that was kept. */
function Changed({ number, text }: { number: number; text: string }) {
  const before = useQuery({ ...versionQuery(number - 1), enabled: number > 1 });
  if (number === 1) return <Box>It took the place of the document that ships with the package.</Box>;
  return (
    <AwaitData query={before} what="the version before it">
      {(found) => (
        <YamlDiffView
          title={`What version ${String(number)} changed`}
          before={found.text}
          after={text}
          beforeLabel={`Version ${String(number - 1)}`}
          afterLabel={`Version ${String(number)}`}
        />
      )}
    </AwaitData>
  );
}

/** One version: what it changed, how it differs from what is in force, and the way back to it. */
export function VersionModal({ number, current, onClose }: Props) {
  const version = useQuery(versionQuery(number));
  const [shown, setShown] = useState<Shown>('changed');
  const [begun, setBegun] = useState<CurrentConfiguration | null>(null);
  const inForce = version.data?.version.sha256 === current.sha256;
  const restorable = version.data !== undefined && !inForce && begun === null;
  return (
    <Modal
      visible
      size="max"
      header={`Version ${String(number)}`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Close
            </Button>
            {restorable && <Button onClick={() => setBegun(current)}>Restore this version</Button>}
          </SpaceBetween>
        </Box>
      }
    >
      <AwaitData query={version} what="the version">
        {({ text, version: { saved_by, saved_at, comment } }) => (
          <SpaceBetween size="m">
            <Box>
              Saved by {personName(saved_by)} <TimeText at={saved_at} />
              {comment === '' ? '.' : `: ${comment}`}
              {inForce && begun === null && ' Its text is in force.'}
            </Box>
            {begun !== null ? (
              <RestoreForm number={number} text={text} current={begun} onDone={onClose} />
            ) : (
              <>
                <SegmentedControl
                  label="What to compare it with"
                  selectedId={shown}
                  options={[
                    { id: 'changed', text: 'What it changed' },
                    { id: 'in-force', text: 'Against what is in force' },
                  ]}
                  onChange={({ detail }) => setShown(detail.selectedId as Shown)}
                />
                {shown === 'changed' ? (
                  <Changed number={number} text={text} />
                ) : (
                  <YamlDiffView
                    title={`Version ${String(number)} against what is in force`}
                    before={text}
                    after={current.dynamicConfig}
                    beforeLabel={`Version ${String(number)}`}
                    afterLabel="In force now"
                  />
                )}
              </>
            )}
          </SpaceBetween>
        )}
      </AwaitData>
    </Modal>
  );
}
