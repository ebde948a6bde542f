import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { ErrorState } from '@/components/error-state';
import type { TextPlace } from '@/components/code/yaml-editor';
import { YamlEditorField } from '@/components/yaml-editor-field';
import { type CurrentConfiguration, usePreview, useSave } from '@/features/configuration/api/configuration';
import { FaultList } from '@/features/configuration/components/fault-list';
import { Overtaken } from '@/features/configuration/components/overtaken';
import { PreviewPanel } from '@/features/configuration/components/preview-panel';
import { type Fault, faultsOf, isOvertaken, textFaults } from '@/features/configuration/lib/refusals';
import { savedFlash } from '@/features/configuration/lib/saved-flash';
import { useEditing } from '@/features/configuration/lib/use-editing';
import { showFlash } from '@/lib/flashes';

const NONE: readonly Fault[] = [];

/** Write, look at what it does to whom, save. What is saved is exactly what was looked at. */
export function ConfigurationEditor({ latest }: { latest: CurrentConfiguration }) {
  const editing = useEditing(latest);
  const { draft, touched, overtaken } = editing;
  const [place, setPlace] = useState<TextPlace | null>(null);
  const preview = usePreview();
  const save = useSave();

  const refused = save.isError ? faultsOf(save.error) : NONE;
  const faults = refused.length > 0 ? refused : (preview.data?.faults ?? NONE);
  const marks = useMemo(() => textFaults(faults), [faults]);
  const seen = preview.isSuccess && preview.variables === draft.text && faults.length === 0 && !overtaken;

  const look = () => {
    save.reset();
    preview.mutate(draft.text);
  };
  const beginAnew = () => {
    preview.reset();
    save.reset();
  };
  const store = (comment: string, confirmed: string[]) => {
    save.mutate(
      { new_config: draft.text, existing_sha256: draft.base.sha256, comment, confirmed },
      {
        onSuccess(saved) {
          beginAnew();
          editing.adopt({ text: saved.newConfig, sha256: saved.newsha56 });
          showFlash(savedFlash(saved));
        },
      },
    );
  };

  return (
    <SpaceBetween size="l">
      {editing.restored && touched && (
        <Alert type="info" header="You had begun to write">
          This is the text that you did not save when you left this page.
        </Alert>
      )}
      {overtaken && (
        <Overtaken
          latest={latest}
          draft={draft}
          onKeepMine={() => {
            beginAnew();
            editing.rebase();
          }}
          onTakeTheirs={() => {
            beginAnew();
            editing.adopt({ text: latest.dynamicConfig, sha256: latest.sha256 });
          }}
        />
      )}
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {touched && (
              <Button
                variant="link"
                onClick={() => {
                  beginAnew();
                  editing.adopt({ text: latest.dynamicConfig, sha256: latest.sha256 });
                }}
              >
                Discard my changes
              </Button>
            )}
            <Button
              variant={seen ? 'normal' : 'primary'}
              loading={preview.isPending}
              disabled={!touched}
              disabledReason="You have not changed anything yet."
              onClick={look}
            >
              {seen ? 'Preview again' : 'Preview'}
            </Button>
          </SpaceBetween>
        }
      >
        <Container header={<Header variant="h2">Document</Header>}>
          <YamlEditorField
            key={editing.generation}
            label="Configuration"
            initial={editing.initial}
            faults={marks}
            place={place}
            onChange={editing.write}
          />
        </Container>
      </Form>
      {preview.isError && <ErrorState error={preview.error} onRetry={look} />}
      {faults.length > 0 && <FaultList faults={faults} onGoTo={setPlace} />}
      {seen && (
        <PreviewPanel
          key={preview.submittedAt}
          preview={preview.data}
          before={draft.base.text}
          after={draft.text}
          saving={save.isPending}
          error={save.isError && !isOvertaken(save.error) ? save.error : null}
          onSave={store}
        />
      )}
    </SpaceBetween>
  );
}
