import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { FieldsProps } from '@/features/changes/components/fields-props';
import { RemovesField } from '@/features/changes/components/removes-field';

export function TagFields(props: FieldsProps) {
  const { draft, faults, onChange } = props;
  return (
    <SpaceBetween size="l">
      <RemovesField {...props} gives="Set a tag" takes="Remove a tag" />
      <ColumnLayout columns={draft.removes ? 1 : 3}>
        <FormField label="Key" errorText={faults.key}>
          <Input value={draft.key} placeholder="owner" onChange={({ detail }) => onChange({ key: detail.value })} />
        </FormField>
        {!draft.removes && (
          <FormField label="Value">
            <Input
              value={draft.value}
              placeholder="team@example.com"
              onChange={({ detail }) => onChange({ value: detail.value })}
            />
          </FormField>
        )}
        {!draft.removes && (
          <FormField
            label="Tag that it replaces (optional)"
            description="The key that the tag has now, if it is there already."
          >
            <Input value={draft.originalKey} onChange={({ detail }) => onChange({ originalKey: detail.value })} />
          </FormField>
        )}
      </ColumnLayout>
    </SpaceBetween>
  );
}
