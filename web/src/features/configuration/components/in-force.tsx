import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { TimeText } from '@/components/time-text';
import type { CurrentConfiguration } from '@/features/configuration/api/configuration';
import { personName } from '@/features/configuration/lib/person';

/** Which version counts, since when, and whether everything that follows from it is done. */
export function InForce({ current: { version, applied } }: { current: CurrentConfiguration }) {
  if (version === null) {
    return (
      <Box>
        In force is the document that ships with the package. Your first save takes its place, except for the section
        deployment.
      </Box>
    );
  }
  return (
    <Box>
      In force is version {version.number}, saved by {personName(version.saved_by)} <TimeText at={version.saved_at} />
      {version.comment === '' ? '. ' : `: ${version.comment} `}
      {applied ? (
        <StatusIndicator type="success">Rights follow it</StatusIndicator>
      ) : (
        <StatusIndicator type="in-progress">Rights are being changed to follow it</StatusIndicator>
      )}
    </Box>
  );
}
