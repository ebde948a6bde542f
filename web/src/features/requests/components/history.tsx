import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Icon, { type IconProps } from '@cloudscape-design/components/icon';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { TimelineEntry } from '@/api/types';
import { TimeText } from '@/components/time-text';
import { PRODUCT } from '@/lib/page-title';
import type { Commands } from '@/features/requests/components/use-commands';

const ICONS: Record<string, { name: IconProps.Name; variant: IconProps.Variant }> = {
  created: { name: 'add-plus', variant: 'normal' },
  comment: { name: 'contact', variant: 'normal' },
  revised: { name: 'edit', variant: 'normal' },
  approved: { name: 'check', variant: 'success' },
  applied: { name: 'status-positive', variant: 'success' },
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
          <strong title={entry.actor}>{actorName(entry.actor)}</strong> {entry.kind === 'comment' ? 'wrote' : ''}{' '}
          <TimeText at={entry.at} />
        </Box>
        <p className="comment-text">{entry.text}</p>
      </div>
    </li>
  );
}

interface Props {
  timeline: readonly TimelineEntry[];
  commands: Commands;
  mayComment: boolean;
}

/** Everything that happened, and what people said about it, in the order of time. */
export function History({ timeline, commands, mayComment }: Props) {
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const add = async () => {
    if (text.trim() === '') {
      setFault('Write something first.');
      return;
    }
    if (await commands.send({ command: 'add_comment', comment_text: text.trim() })) setText('');
  };
  return (
    <Container header={<Header variant="h2">History and comments</Header>}>
      <SpaceBetween size="m">
        <ol className="timeline">
          {timeline.map((entry, index) => (
            <Entry key={`${String(entry.at)}:${String(index)}`} entry={entry} />
          ))}
        </ol>
        {mayComment && (
          <SpaceBetween size="xs">
            <FormField label="Comment" errorText={fault} stretch>
              <Textarea
                value={text}
                rows={2}
                placeholder="A question, or what you checked"
                onChange={({ detail }) => {
                  setText(detail.value);
                  setFault(undefined);
                }}
              />
            </FormField>
            <Button loading={commands.sending?.command === 'add_comment'} onClick={() => void add()}>
              Add comment
            </Button>
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Container>
  );
}
