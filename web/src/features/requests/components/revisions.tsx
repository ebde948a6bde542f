import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ComparedChange, ComparedRevisions, Review } from '@/api/types';
import { AwaitData } from '@/components/await-data';
import { PolicyDiff } from '@/components/policy-diff';
import { TimeText } from '@/components/time-text';
import { CHANGE_NAMES } from '@/features/changes/lib/change-kinds';
import { comparedQuery } from '@/features/requests/api/requests';
import { FindingList } from '@/features/requests/components/finding-list';

function End({ at }: { at: number | null }) {
  return at === null ? 'for ever' : <TimeText at={at} />;
}

function Compared({ change, labels }: { change: ComparedChange; labels: readonly [string, string] }) {
  const { older, newer, older_until, newer_until, same } = change;
  const title = `${CHANGE_NAMES[change.change_type]} of ${change.target_arn}`;
  return (
    <SpaceBetween size="xs">
      <Box variant="h3">
        <span className="breaking">{title}</span>
      </Box>
      {same && <Box color="text-body-secondary">It is the same in both.</Box>}
      {!same && older_until !== newer_until && (
        <Box>
          Its end is another one: <End at={older_until} />, now <End at={newer_until} />.
        </Box>
      )}
      {!same && (
        <PolicyDiff title={title} before={older} after={newer} beforeLabel={labels[0]} afterLabel={labels[1]} />
      )}
    </SpaceBetween>
  );
}

function Difference({ compared }: { compared: ComparedRevisions }) {
  const { changes, findings_new: found, findings_gone: gone } = compared;
  const labels = [`Revision ${String(compared.older.number)}`, `Revision ${String(compared.newer.number)}`] as const;
  return (
    <SpaceBetween size="l">
      {found.length > 0 && (
        <div>
          <Box variant="awsui-key-label">The guardrails found besides</Box>
          <FindingList findings={found} />
        </div>
      )}
      {gone.length > 0 && (
        <div>
          <Box variant="awsui-key-label">What they found before, and no more</Box>
          <FindingList findings={gone} />
        </div>
      )}
      {changes.map((change) => (
        <Compared key={change.id} change={change} labels={labels} />
      ))}
    </SpaceBetween>
  );
}

interface ModalProps {
  requestId: string;
  older: number;
  newer: number;
  onClose: () => void;
}

function CompareModal({ requestId, older, newer, onClose }: ModalProps) {
  const compared = useQuery(comparedQuery(requestId, older, newer));
  return (
    <Modal
      visible
      size="max"
      header={`Revision ${String(older)} and revision ${String(newer)}`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </Box>
      }
    >
      <AwaitData query={compared} what="what is different">
        {(found) => <Difference compared={found} />}
      </AwaitData>
    </Modal>
  );
}

/** Every revision that there was, and what has changed since. One alone has nothing to be compared with. */
export function Revisions({ requestId, review }: { requestId: string; review: Review }) {
  const [older, setOlder] = useState<number | null>(null);
  const { revisions, revision } = review;
  if (revisions.length < 2) return null;
  return (
    <Container header={<Header variant="h2">Revisions</Header>}>
      <ol className="timeline">
        {revisions.map(({ number, author, created_at, current, changes }) => (
          <li key={number} className="stage">
            <Box>
              <strong>{`Revision ${String(number)}`}</strong>
              {current && ' (the present one)'}: {author}, <TimeText at={created_at} />
            </Box>
            <Box fontSize="body-s" color="text-body-secondary">
              {changes.join('; ')}
            </Box>
            {!current && (
              <Button
                variant="inline-link"
                ariaLabel={`Compare revision ${String(number)} with the present one`}
                onClick={() => setOlder(number)}
              >
                Compare with the present one
              </Button>
            )}
          </li>
        ))}
      </ol>
      {older !== null && (
        <CompareModal requestId={requestId} older={older} newer={revision} onClose={() => setOlder(null)} />
      )}
    </Container>
  );
}
