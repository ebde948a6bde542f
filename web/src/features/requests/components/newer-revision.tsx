import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { Review } from '@/api/types';
import { PolicyDiff } from '@/components/policy-diff';
import { TimeText } from '@/components/time-text';
import { compareRevisions } from '@/features/requests/lib/revisions';

interface Props {
  shown: Review;
  now: Review;
  onShow: () => void;
}

/** Somebody edited the request while it was being read. Nothing can be decided until the reader has seen what. */
export function NewerRevision({ shown, now, onShow }: Props) {
  const { from, to, edits, changes } = compareRevisions(shown, now);
  return (
    <div role="alert">
      <Alert
        type="warning"
        header="This request was edited while you were reading it"
        action={<Button onClick={onShow}>{`Show revision ${String(to)}`}</Button>}
      >
        <Box>
          You are reading revision {from}; it is now revision {to}.
          {edits.map((edit) => (
            <span key={`${String(edit.at)}:${edit.text}`}>
              {' '}
              {edit.actor} edited it <TimeText at={edit.at} />.
            </span>
          ))}{' '}
          What you would have decided about is no longer there.
        </Box>
        {changes.map((change) => (
          <ExpandableSection key={change.id} headerText={`What changed in: ${change.title}`}>
            <PolicyDiff
              title={change.title}
              before={change.shown?.after ?? null}
              after={change.now?.after ?? null}
              beforeLabel={`Revision ${String(from)}`}
              afterLabel={`Revision ${String(to)}`}
            />
          </ExpandableSection>
        ))}
      </Alert>
    </div>
  );
}
