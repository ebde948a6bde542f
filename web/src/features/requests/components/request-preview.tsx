import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useEffect, useRef } from 'react';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { ErrorState } from '@/components/error-state';
import { PolicyDiff } from '@/components/policy-diff';
import type { PreviewedChange } from '@/features/requests/lib/new-request';

interface Props {
  changes: readonly PreviewedChange[];
  sending: boolean;
  error: unknown;
  onSend: () => void;
}

/** What the service would make of the draft. */
export function RequestPreview({ changes, sending, error, onSend }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }, []);
  return (
    <div ref={place}>
      <Container
        header={
          <Header
            variant="h2"
            description="Nothing is stored yet. The reviewer sees the same."
            actions={
              <Button variant="primary" loading={sending} onClick={onSend}>
                Send request
              </Button>
            }
          >
            Preview
          </Header>
        }
      >
        <SpaceBetween size="l">
          {error !== null && <ErrorState error={error} onRetry={onSend} />}
          {changes.map((change) => (
            <SpaceBetween key={change.id} size="xs">
              <Box variant="h3">{change.policyName ?? 'Policy'}</Box>
              <PolicyDiff
                title={change.policyName ?? 'Policy'}
                before={change.before}
                after={change.after}
                afterLabel="After your request"
              />
            </SpaceBetween>
          ))}
        </SpaceBetween>
      </Container>
    </div>
  );
}
