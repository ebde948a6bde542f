import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { DraftEditor } from '@/features/changes/components/draft-editor';
import type { BasketForm } from '@/features/requests/components/use-basket';

function Kept({ form: { kept, startOver } }: { form: BasketForm }) {
  if (kept === 0) return null;
  const changes = kept === 1 ? 'One change' : `${String(kept)} changes`;
  return (
    <Alert type="info" action={<Button onClick={startOver}>Start over</Button>}>
      {`${changes} that you have not sent yet ${kept === 1 ? 'is' : 'are'} still here.`}
    </Alert>
  );
}

/** Everything that is asked for together, and why. */
export function RequestFields({ form }: { form: BasketForm }) {
  const { state, faults, change, add, remove, say } = form;
  const several = state.changes.length > 1;
  return (
    <SpaceBetween size="l">
      <Kept form={form} />
      {state.changes.map(({ key, draft }, index) => {
        const number = String(index + 1);
        return (
          <Container
            key={key}
            header={
              <Header
                variant="h2"
                actions={
                  several ? (
                    <Button iconName="remove" ariaLabel={`Take out change ${number}`} onClick={() => remove(key)}>
                      Take out
                    </Button>
                  ) : undefined
                }
              >
                {several ? `Change ${number}` : 'What you need'}
              </Header>
            }
          >
            <DraftEditor
              draft={draft}
              faults={faults.changes[index] ?? {}}
              suffix={index === 0 ? '' : ` of change ${number}`}
              onChange={(part) => change(key, part)}
            />
          </Container>
        );
      })}
      <Button iconName="add-plus" onClick={add}>
        Ask for another change together with this
      </Button>
      <Container header={<Header variant="h2">Why</Header>}>
        <SpaceBetween size="l">
          <FormField
            label="Justification"
            description="What you need it for, in words that the reviewer understands."
            errorText={faults.justification}
            stretch
          >
            <Textarea
              value={state.justification}
              rows={3}
              onChange={({ detail }) => say({ justification: detail.value })}
            />
          </FormField>
          {several && (
            <Toggle
              checked={state.rollback}
              description="Otherwise what could be applied stays."
              onChange={({ detail }) => say({ rollback: detail.checked })}
            >
              If one change fails, take the others back
            </Toggle>
          )}
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  );
}
