import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { ReviewComment } from '@/api/types';
import { TimeText } from '@/components/time-text';
import type { Commands } from '@/features/requests/components/use-commands';
import { type Thread, threads } from '@/features/requests/lib/threads';

interface WriterProps {
  label: string;
  button: string;
  commands: Commands;
  replyTo?: string;
  onDone?: () => void;
}

function Writer({ label, button, commands, replyTo, onDone }: WriterProps) {
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const add = async () => {
    if (text.trim() === '') {
      setFault('Write something first.');
      return;
    }
    const sent = await commands.send({
      command: 'add_comment',
      comment_text: text.trim(),
      ...(replyTo === undefined ? {} : { reply_to: replyTo }),
    });
    if (!sent) return;
    setText('');
    onDone?.();
  };
  const { sending } = commands;
  const busy = sending?.command === 'add_comment' && (sending.reply_to ?? undefined) === replyTo;
  return (
    <SpaceBetween size="xs">
      <FormField label={label} errorText={fault} stretch>
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
      <SpaceBetween direction="horizontal" size="xs">
        <Button loading={busy} onClick={() => void add()}>
          {button}
        </Button>
        {onDone !== undefined && (
          <Button variant="link" onClick={onDone}>
            Not now
          </Button>
        )}
      </SpaceBetween>
    </SpaceBetween>
  );
}

function Said({ comment: { actor, at, text } }: { comment: ReviewComment }) {
  return (
    <div>
      <Box fontSize="body-s" color="text-body-secondary">
        <strong>{actor}</strong> wrote <TimeText at={at} />
      </Box>
      <p className="comment-text">{text}</p>
    </div>
  );
}

interface ThreadProps {
  thread: Thread;
  commands: Commands;
  mayComment: boolean;
}

function ThreadView({ thread: { comment, replies }, commands, mayComment }: ThreadProps) {
  const [replying, setReplying] = useState(false);
  return (
    <li className="thread">
      <Said comment={comment} />
      {replies.length > 0 && (
        <ol className="replies">
          {replies.map((reply) => (
            <li key={reply.id}>
              <Said comment={reply} />
            </li>
          ))}
        </ol>
      )}
      {mayComment && !replying && (
        <Button variant="inline-link" ariaLabel={`Reply to ${comment.actor}`} onClick={() => setReplying(true)}>
          Reply
        </Button>
      )}
      {replying && (
        <Writer
          label={`Reply to ${comment.actor}`}
          button="Send the reply"
          commands={commands}
          replyTo={comment.id}
          onDone={() => setReplying(false)}
        />
      )}
    </li>
  );
}

interface Props {
  comments: readonly ReviewComment[];
  commands: Commands;
  mayComment: boolean;
}

/** What people said, each answer below what it answers. */
export function Comments({ comments, commands, mayComment }: Props) {
  const found = threads(comments);
  return (
    <Container
      header={
        <Header variant="h2" counter={comments.length === 0 ? '' : `(${String(comments.length)})`}>
          Comments
        </Header>
      }
    >
      <SpaceBetween size="m">
        {found.length === 0 && <Box color="text-body-secondary">Nobody has said anything yet.</Box>}
        {found.length > 0 && (
          <ol className="timeline">
            {found.map((thread) => (
              <ThreadView key={thread.comment.id} thread={thread} commands={commands} mayComment={mayComment} />
            ))}
          </ol>
        )}
        {mayComment && <Writer label="Comment" button="Add comment" commands={commands} />}
      </SpaceBetween>
    </Container>
  );
}
