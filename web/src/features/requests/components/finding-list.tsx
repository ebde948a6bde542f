import Alert, { type AlertProps } from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Finding } from '@/api/types';

const LOOKS: Readonly<Record<Finding['verdict'], { type: AlertProps.Type; rank: number; consequence: string }>> = {
  refuse: { type: 'error', rank: 0, consequence: 'This cannot be requested.' },
  more_approval: { type: 'warning', rank: 1, consequence: 'One more person must approve it.' },
  warn: { type: 'warning', rank: 2, consequence: '' },
  note: { type: 'info', rank: 3, consequence: '' },
};

/** What the guardrails say of a change, the gravest first. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  const sorted = [...findings].sort((left, right) => LOOKS[left.verdict].rank - LOOKS[right.verdict].rank);
  return (
    <SpaceBetween size="xs">
      {sorted.map(({ rule, verdict, title, reason, place }) => (
        <Alert key={`${rule}:${place ?? ''}:${title}`} type={LOOKS[verdict].type} header={title}>
          {[reason, LOOKS[verdict].consequence].filter((text) => text !== '').join(' ')}
          {place !== undefined && place !== '' && (
            <Box fontSize="body-s" color="inherit">
              At <code>{place}</code>
            </Box>
          )}
        </Alert>
      ))}
    </SpaceBetween>
  );
}
