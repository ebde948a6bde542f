import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { DocumentField } from '@/features/changes/components/document-field';
import type { FieldsProps } from '@/features/changes/components/fields-props';
import { RemovesField } from '@/features/changes/components/removes-field';

export function InlineFields(props: FieldsProps) {
  const { draft, faults, onChange } = props;
  return (
    <SpaceBetween size="l">
      <RemovesField {...props} gives="Put a policy" takes="Remove a policy" />
      <ColumnLayout columns={2}>
        <FormField
          label="Policy name"
          description={draft.removes ? undefined : 'Leave it empty to have one made.'}
          errorText={faults.policyName}
        >
          <Input
            value={draft.policyName}
            placeholder="read-invoices"
            onChange={({ detail }) => onChange({ policyName: detail.value })}
          />
        </FormField>
        {!draft.removes && (
          <Box padding={{ top: 'l' }}>
            <Toggle
              checked={draft.replaces}
              description="Without this, a new policy never overwrites one that is there."
              onChange={({ detail }) => onChange({ replaces: detail.checked })}
            >
              Replace the policy of that name
            </Toggle>
          </Box>
        )}
      </ColumnLayout>
      {!draft.removes && (
        <DocumentField
          {...props}
          kind="identity"
          label="Policy"
          description="JSON, as AWS has it. Faults are marked in the margin."
        />
      )}
    </SpaceBetween>
  );
}
