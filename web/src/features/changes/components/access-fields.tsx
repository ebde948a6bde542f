import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { EndPicker } from '@/features/changes/components/end-picker';
import type { FieldsProps } from '@/features/changes/components/fields-props';

const KINDS = [
  { value: 'user', label: 'A person' },
  { value: 'group', label: 'A group' },
];

/** Who may use the role. */
export function AccessFields({ draft, faults, suffix, onChange }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      <ColumnLayout columns={2}>
        <FormField label="Who">
          <Select
            selectedOption={KINDS.find(({ value }) => value === draft.who) ?? null}
            options={KINDS}
            ariaLabel={`Who${suffix}`}
            selectedAriaLabel="Chosen"
            onChange={({ detail }) => onChange({ who: detail.selectedOption.value === 'group' ? 'group' : 'user' })}
          />
        </FormField>
        <FormField
          label={draft.who === 'group' ? 'Name of the group' : 'Their user name'}
          description="As it stands in their session: mostly the e-mail address."
          errorText={faults.name}
        >
          <Input
            value={draft.name}
            placeholder={draft.who === 'group' ? 'payments-engineers' : 'ana@example.com'}
            onChange={({ detail }) => onChange({ name: detail.value })}
          />
        </FormField>
      </ColumnLayout>
      <EndPicker
        label={`From when${suffix}`}
        never="At once"
        spans={false}
        end={draft.begin}
        fault={faults.begin}
        onChange={(begin) => onChange({ begin })}
      />
    </SpaceBetween>
  );
}
