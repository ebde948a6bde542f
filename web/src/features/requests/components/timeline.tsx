import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Icon, { type IconProps } from '@cloudscape-design/components/icon';
import type { TimelineEntry } from '@/api/types';
import { TimeText } from '@/components/time-text';
import { PRODUCT } from '@/lib/page-title';

const ICONS: Readonly<Record<string, { name: IconProps.Name; variant: IconProps.Variant }>> = {
  created: { name: 'add-plus', variant: 'normal' },
  revised: { name: 'edit', variant: 'normal' },
  approved: { name: 'check', variant: 'success' },
  applied: { name: 'status-positive', variant: 'success' },
  ended: { name: 'status-stopped', variant: 'subtle' },
  rejected: { name: 'status-stopped', variant: 'error' },
  failed: { name: 'status-negative', variant: 'error' },
};

/** What the service does by itself, it does in its own name. */
function actorName(actor: string): string {
  return actor.startsWith('system:') ? PRODUCT : actor;
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { name, variant } = ICONS[entry.kind] ?? { name: 'status-info' as const, variant: 'subtle' as const };
  return (
    <li className="timeline-entry">
      <Icon name={name} variant={variant} />
      <div>
        <Box fontSize="body-s" color="text-body-secondary">
          <strong title={entry.actor}>{actorName(entry.actor)}</strong> <TimeText at={entry.at} />
        </Box>
        <p className="comment-text">{entry.text}</p>
      </div>
    </li>
  );
}

/** Everything that happened, in the order of time; what people said about it stands elsewhere. */
export function Timeline({ timeline }: { timeline: readonly TimelineEntry[] }) {
  const events = timeline.filter(({ kind }) => kind !== 'comment');
  return (
    <Container header={<Header variant="h2">History</Header>}>
      <ol className="timeline">
        {events.map((entry, index) => (
          <Entry key={`${String(entry.at)}:${String(index)}`} entry={entry} />
        ))}
      </ol>
    </Container>
  );
}
