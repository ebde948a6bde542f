import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { Modification, Review } from '@/api/types';
import { EndPicker } from '@/features/changes/components/end-picker';
import { type End, endFault, endsAt, NEVER } from '@/features/changes/lib/end';
import type { Decision } from '@/features/requests/lib/decisions';
import { nowSeconds } from '@/lib/times';

export type Words = Pick<Modification, 'comment_text' | 'until'>;

interface Props {
  decision: Decision;
  review: Review;
  sending: boolean;
  onCancel: () => void;
  onConfirm: (words: Words) => void;
}

interface Faults {
  comment?: string;
  end?: string | undefined;
}

function faultsOf(decision: Decision, comment: string, end: End): Faults {
  return {
    ...(decision.comment === 'required' && comment === '' ? { comment: 'Write what should change.' } : {}),
    ...(decision.end === undefined ? {} : { end: endFaultOf(decision, end) }),
  };
}

function endFaultOf(decision: Decision, end: End): string | undefined {
  return decision.end === 'required' && end.kind === 'never' ? 'Choose an end.' : endFault(end, nowSeconds());
}

function wordsOf(comment: string, end: End): Words {
  const until = endsAt(end, nowSeconds());
  return { ...(comment === '' ? {} : { comment_text: comment }), ...(typeof until === 'number' ? { until } : {}) };
}

export function DecisionModal({ decision, review, sending, onCancel, onConfirm }: Props) {
  const [comment, setComment] = useState('');
  const [end, setEnd] = useState<End>(NEVER);
  const [faults, setFaults] = useState<Faults>({});
  const confirm = () => {
    const found = faultsOf(decision, comment.trim(), end);
    setFaults(found);
    if (Object.values(found).every((fault) => fault === undefined)) onConfirm(wordsOf(comment.trim(), end));
  };
  return (
    <Modal
      visible
      header={decision.question}
      closeAriaLabel="Close"
      onDismiss={onCancel}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onCancel}>
              Go back
            </Button>
            <Button variant="primary" loading={sending} onClick={confirm}>
              {decision.text}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>
          <Box variant="p">{decision.consequence}</Box>
          <Box color="text-body-secondary" fontSize="body-s">
            {`Revision ${String(review.revision)}, ${String(review.changes.length)} ${review.changes.length === 1 ? 'change' : 'changes'}, hash `}
            <code>{review.revision_hash.slice(0, 10)}</code>
          </Box>
        </div>
        {decision.end !== undefined && (
          <EndPicker
            label={decision.end === 'optional' ? 'For no longer than' : 'Until'}
            end={end}
            fault={faults.end}
            {...(decision.end === 'optional'
              ? { never: 'As it was asked for', description: 'You may give it an earlier end than was asked for.' }
              : {})}
            onChange={(next) => {
              setEnd(next);
              setFaults({});
            }}
          />
        )}
        {decision.comment !== undefined && (
          <FormField
            label={decision.comment === 'optional' ? 'Why (optional)' : 'What should change'}
            description="The requester reads it."
            errorText={faults.comment}
            stretch
          >
            <Textarea
              value={comment}
              rows={3}
              onChange={({ detail }) => {
                setComment(detail.value);
                setFaults({});
              }}
            />
          </FormField>
        )}
      </SpaceBetween>
    </Modal>
  );
}
