import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState } from 'react';
import { ErrorState } from '@/components/error-state';
import { YamlDiffView } from '@/components/yaml-diff-view';
import type { Preview } from '@/features/configuration/api/configuration';
import { Effects, Guards, obstacleOf } from '@/features/configuration/components/findings';
import { guardsOf } from '@/features/configuration/lib/refusals';

interface Props {
  preview: Preview;
  before: string;
  after: string;
  saving: boolean;
  error: unknown;
  onSave: (comment: string, confirmed: string[]) => void;
}

/** What the service would make of the text, and the way to have it so. */
export function PreviewPanel({ preview, before, after, saving, error, onSave }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [comment, setComment] = useState('');
  const [confirmed, setConfirmed] = useState<string[]>([]);
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }, []);
  const told = guardsOf(error);
  const guards = told.length > 0 ? told : preview.guards;
  const obstacle = obstacleOf(guards, confirmed);
  return (
    <div ref={place}>
      <Container
        header={
          <Header variant="h2" description="Nothing is stored yet.">
            Preview
          </Header>
        }
      >
        <SpaceBetween size="l">
          {error !== null && <ErrorState error={error} />}
          <Effects effects={preview.effects} />
          <Guards guards={guards} confirmed={confirmed} onConfirm={setConfirmed} />
          <YamlDiffView
            title="Configuration"
            before={before}
            after={after}
            beforeLabel="In force now"
            afterLabel="After your save"
          />
          <FormField label="Why (optional)" description="It stands in the history and in the audit log." stretch>
            <Input value={comment} onChange={({ detail }) => setComment(detail.value.slice(0, 2000))} />
          </FormField>
          <Button
            variant="primary"
            loading={saving}
            disabled={obstacle !== null}
            disabledReason={obstacle ?? undefined}
            onClick={() => onSave(comment.trim(), confirmed)}
          >
            Save
          </Button>
        </SpaceBetween>
      </Container>
    </div>
  );
}
