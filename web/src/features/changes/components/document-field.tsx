import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { PolicyKind } from '@/api/types';
import { JsonEditorField } from '@/components/json-editor-field';
import { PolicyRemarks } from '@/components/remarks/policy-remarks';
import type { FieldsProps } from '@/features/changes/components/fields-props';
import { parseArn } from '@/lib/arn';

interface Props extends FieldsProps {
  kind: PolicyKind;
  label: string;
  description: string;
}

/** A policy document; faults of its grammar are marked while it is typed, and what it would allow is remarked on below. */
export function DocumentField({ draft, faults, suffix, kind, label, description, onChange }: Props) {
  // The editor keeps its own text; giving it each keystroke back would move the cursor.
  const [initial] = useState(draft.policy);
  return (
    <FormField label={label} description={description} errorText={faults.policy} stretch>
      <SpaceBetween size="xs">
        <JsonEditorField label={`${label}${suffix}`} initial={initial} onChange={(policy) => onChange({ policy })} />
        <PolicyRemarks
          text={draft.policy}
          kind={kind}
          arn={parseArn(draft.arn) === null ? '' : draft.arn}
          name={draft.replaces ? draft.policyName : ''}
        />
      </SpaceBetween>
    </FormField>
  );
}
