import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { Review } from '@/api/types';
import type { Decision } from '@/features/requests/lib/decisions';

interface Props {
  decision: Decision;
  review: Review;
  sending: boolean;
  onCancel: () => void;
  onConfirm: (comment: string) => void;
}

export function DecisionModal({ decision, review, sending, onCancel, onConfirm }: Props) {
  const [comment, setComment] = useState('');
  return (
    <Modal
      visible
      header={decision.question}
      onDismiss={onCancel}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onCancel}>
              Go back
            </Button>
            <Button variant="primary" loading={sending} onClick={() => onConfirm(comment.trim())}>
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
        {decision.takesComment && (
          <FormField label="Why (optional)" description="The requester reads it." stretch>
            <Textarea value={comment} rows={3} onChange={({ detail }) => setComment(detail.value)} />
          </FormField>
        )}
      </SpaceBetween>
    </Modal>
  );
}
