import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { TimeText } from '@/components/time-text';
import { YamlDiffView } from '@/components/yaml-diff-view';
import type { CurrentConfiguration } from '@/features/configuration/api/configuration';
import type { Draft } from '@/features/configuration/lib/draft';
import { personName } from '@/features/configuration/lib/person';

interface Props {
  latest: CurrentConfiguration;
  draft: Draft;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

function Who({ version }: { version: CurrentConfiguration['version'] }) {
  if (version === null) return 'The package was replaced while you were writing. ';
  return (
    <>
      {personName(version.saved_by)} saved version {version.number} <TimeText at={version.saved_at} />
      {version.comment === '' ? '. ' : `: ${version.comment}. `}
    </>
  );
}

/** Somebody saved while this person was writing. Nothing of either is lost; the person decides. */
export function Overtaken({ latest, draft, onKeepMine, onTakeTheirs }: Props) {
  return (
    <div role="alert">
      <Alert
        type="warning"
        header="The configuration changed while you were writing"
        action={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={onTakeTheirs}>Take theirs, drop mine</Button>
            <Button onClick={onKeepMine}>Keep mine, on top of theirs</Button>
          </SpaceBetween>
        }
      >
        <Box>
          <Who version={latest.version} />
          Your text is still here. Copy what they changed into it if it should stay: a save replaces the whole document.
        </Box>
        <ExpandableSection headerText="What they changed">
          <YamlDiffView
            title="What they changed"
            before={draft.base.text}
            after={latest.dynamicConfig}
            beforeLabel="When you began"
            afterLabel="In force now"
          />
        </ExpandableSection>
        <ExpandableSection headerText="Your text against theirs">
          <YamlDiffView
            title="Your text against theirs"
            before={latest.dynamicConfig}
            after={draft.text}
            beforeLabel="In force now"
            afterLabel="Your text"
          />
        </ExpandableSection>
      </Alert>
    </div>
  );
}
