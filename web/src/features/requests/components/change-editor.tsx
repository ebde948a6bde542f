import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { PolicyKind, ReviewChange } from '@/api/types';
import { JsonEditorField } from '@/components/json-editor-field';
import { PolicyRemarks } from '@/components/remarks/policy-remarks';
import { describeFault, parsePolicy, printPolicy } from '@/lib/policy-json';

interface Props {
  change: ReviewChange;
  sending: boolean;
  onCancel: () => void;
  onSave: (document: Record<string, unknown>) => void;
}

const KINDS: Partial<Record<ReviewChange['change_type'], PolicyKind>> = {
  inline_policy: 'identity',
  assume_role_policy: 'trust',
  resource_policy: 'resource',
};

/** An edit makes a new revision, which somebody else approves. */
export function ChangeEditor({ change, sending, onCancel, onSave }: Props) {
  const [initial] = useState(() => printPolicy(change.after));
  const [text, setText] = useState(initial);
  const [fault, setFault] = useState<string>();
  const kind = KINDS[change.change_type];
  const name = change.wish['policy_name'];
  const save = () => {
    const parsed = parsePolicy(text);
    if (parsed.ok) onSave(parsed.document);
    else setFault(describeFault(parsed.fault));
  };
  return (
    <SpaceBetween size="s">
      <FormField
        label="Policy"
        description="Saving makes a new revision. Every approval so far is void, and whoever edits does not approve."
        errorText={fault}
        stretch
      >
        <JsonEditorField
          label={`Policy of ${change.title}`}
          initial={initial}
          onChange={(next) => {
            setText(next);
            setFault(undefined);
          }}
        />
      </FormField>
      {kind !== undefined && (
        <PolicyRemarks text={text} kind={kind} arn={change.target_arn} name={typeof name === 'string' ? name : ''} />
      )}
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          variant="primary"
          loading={sending}
          disabled={text === initial}
          disabledReason="Nothing was changed."
          onClick={save}
        >
          Save as a new revision
        </Button>
        <Button disabled={sending} onClick={onCancel}>
          Discard the edit
        </Button>
      </SpaceBetween>
    </SpaceBetween>
  );
}
