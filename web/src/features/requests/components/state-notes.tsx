import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import type { Review } from '@/api/types';
import { InAppButton } from '@/components/in-app-button';
import { basketOf } from '@/features/requests/lib/basket';

const NOTES: Record<string, { type: 'info' | 'warning' | 'error' | 'success'; header: string; text: string }> = {
  approved: { type: 'info', header: 'Approved', text: 'It is about to be applied. This page follows it.' },
  applying: {
    type: 'info',
    header: 'Being applied',
    text: 'Each change is written, then read back from AWS. This page follows it.',
  },
  applied: {
    type: 'success',
    header: 'Applied',
    text: 'Every change was written, and read back from AWS as it was approved.',
  },
  partially_applied: {
    type: 'warning',
    header: 'Applied in part',
    text: 'Some changes are in AWS, others are not. Each says why.',
  },
  failed: {
    type: 'error',
    header: 'Nothing was applied',
    text: 'Each change says why. Ask anew once the cause is mended.',
  },
  needs_rebase: {
    type: 'warning',
    header: 'AWS has changed since this was reviewed',
    text: 'Nothing was written over. Edit the change, or bring it up to what is there now; then it is reviewed again.',
  },
  stuck: {
    type: 'error',
    header: 'Stuck',
    text: 'What must happen next keeps failing. It is tried again until it goes well.',
  },
  expired: { type: 'info', header: 'Expired', text: 'Nobody decided in time.' },
  draft: { type: 'info', header: 'Draft', text: 'Only you see this. Nothing of it was sent.' },
  ended: {
    type: 'info',
    header: 'Ended',
    text: 'What it gave for a time is taken back, and nothing else is left of it.',
  },
};

interface Props {
  requestId: string;
  review: Review;
}

/** What the state means, and what happens next. */
export function StateNotes({ requestId, review }: Props) {
  const note = NOTES[review.state];
  if (note === undefined && review.failure === null) return null;
  const { type, header, text } = note ?? { type: 'warning' as const, header: 'The last try came to nothing', text: '' };
  return (
    <Alert
      type={type}
      header={header}
      action={
        review.state === 'draft' && basketOf(review) !== null ? (
          <InAppButton to={`/requests/new?draft=${requestId}`}>Edit the draft</InAppButton>
        ) : undefined
      }
    >
      {text}
      {review.failure !== null && <Box>{review.failure}</Box>}
    </Alert>
  );
}
