import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { policyRemarksQuery, type PolicyInQuestion } from '@/api/queries/policy-remarks';
import type { PolicyRemark } from '@/api/types';
import { usePaused } from '@/components/remarks/use-paused';
import { explain } from '@/lib/api-error';
import { parsePolicy } from '@/lib/policy-json';

const LOOKS: Readonly<Record<string, { type: StatusIndicatorProps.Type; rank: number }>> = {
  CRITICAL: { type: 'error', rank: 0 },
  ERROR: { type: 'error', rank: 0 },
  HIGH: { type: 'warning', rank: 1 },
  SECURITY_WARNING: { type: 'warning', rank: 1 },
  MEDIUM: { type: 'warning', rank: 2 },
  WARNING: { type: 'warning', rank: 2 },
};
const SLIGHT = { type: 'info', rank: 3 } as const;
const SHOWN = 12;

function looksOf({ severity }: PolicyRemark) {
  return LOOKS[severity] ?? SLIGHT;
}

/** On the wire it is JSON: a text, or a list. */
function wordsOf(detail: string): string {
  const found: unknown = JSON.parse(detail);
  return typeof found === 'string' ? found : detail;
}

/** What is said of the whole policy stands at its beginning. */
function isAboutAll({ location }: PolicyRemark): boolean {
  return location.line === 1 && location.column === 1;
}

function Remark({ remark }: { remark: PolicyRemark }) {
  return (
    <div>
      <StatusIndicator type={looksOf(remark).type}>
        <b>{remark.title}</b>
        {isAboutAll(remark) ? '' : `, line ${remark.location.line}`}
      </StatusIndicator>
      <Box padding={{ left: 'l' }} color="text-body-secondary">
        {[wordsOf(remark.detail), remark.description].filter((text) => text !== '').join(' ')}
      </Box>
    </div>
  );
}

function Remarks({ remarks }: { remarks: readonly PolicyRemark[] }) {
  if (remarks.length === 0) return <StatusIndicator type="success">Nothing to remark</StatusIndicator>;
  const sorted = [...remarks].sort((left, right) => looksOf(left).rank - looksOf(right).rank);
  return (
    <SpaceBetween size="xs">
      {sorted.slice(0, SHOWN).map((remark) => (
        <Remark key={JSON.stringify(remark)} remark={remark} />
      ))}
      {sorted.length > SHOWN && <Box color="text-body-secondary">and {sorted.length - SHOWN} more</Box>}
    </SpaceBetween>
  );
}

/** What linters and guardrails say of a policy while it is written. A text that is no policy yet says its fault elsewhere. */
export function PolicyRemarks({ text, ...rest }: PolicyInQuestion) {
  const paused = usePaused(text);
  const readable = parsePolicy(paused).ok;
  const { data, error, isFetching } = useQuery({ ...policyRemarksQuery({ text: paused, ...rest }), enabled: readable });
  if (!readable) return null;
  return (
    <section aria-label="Remarks about the policy" aria-busy={isFetching}>
      {error !== null ? (
        <StatusIndicator type="warning">The policy could not be checked. {explain(error).detail}</StatusIndicator>
      ) : data === undefined ? (
        <StatusIndicator type="loading">Checking the policy</StatusIndicator>
      ) : (
        <Remarks remarks={data} />
      )}
    </section>
  );
}
