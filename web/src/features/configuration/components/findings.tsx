import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Preview } from '@/features/configuration/api/configuration';
import type { Guard } from '@/features/configuration/lib/refusals';

/** What a save does to whom, line by line. */
export function Effects({ effects }: { effects: Preview['effects'] }) {
  if (effects.length === 0) return <Box color="text-body-secondary">Nothing changes but words and comments.</Box>;
  return (
    <ul aria-label="What it does" className="findings">
      {effects.map(({ section, text, warning }, index) => (
        <li key={`${String(index)}:${section}`} className="breaking">
          {warning ? (
            <StatusIndicator type="warning">
              <strong>{section}</strong>: {text}
            </StatusIndicator>
          ) : (
            <>
              <strong>{section}</strong>: {text}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

interface GuardsProps {
  guards: readonly Guard[];
  confirmed: readonly string[];
  onConfirm: (rules: string[]) => void;
}

/** What speaks against it: some of it a person may insist on. */
export function Guards({ guards, confirmed, onConfirm }: GuardsProps) {
  const final = guards.filter(({ confirmable }) => !confirmable);
  const asked = guards.filter(({ confirmable }) => confirmable);
  return (
    <SpaceBetween size="xs">
      {final.map(({ rule, reason }) => (
        <Alert key={rule} type="error" header="This can't be saved">
          {reason}
        </Alert>
      ))}
      {asked.map(({ rule, reason }) => (
        <Alert key={rule} type="warning" header="Are you sure?">
          <SpaceBetween size="xs">
            <span>{reason}</span>
            <Checkbox
              checked={confirmed.includes(rule)}
              onChange={({ detail }) =>
                onConfirm(detail.checked ? [...confirmed, rule] : confirmed.filter((other) => other !== rule))
              }
            >
              I know, and I want it so
            </Checkbox>
          </SpaceBetween>
        </Alert>
      ))}
    </SpaceBetween>
  );
}

/** Why a save has to wait, or nothing. */
export function obstacleOf(guards: readonly Guard[], confirmed: readonly string[]): string | null {
  if (guards.some(({ confirmable }) => !confirmable)) return 'Something speaks against it that nobody can pass.';
  if (guards.some(({ rule }) => !confirmed.includes(rule))) return 'Say first that you want it so.';
  return null;
}
