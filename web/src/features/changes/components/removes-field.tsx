import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import type { FieldsProps } from '@/features/changes/components/fields-props';

interface Props extends FieldsProps {
  gives: string;
  takes: string;
}

/** Whether something is given or taken away. */
export function RemovesField({ draft, gives, takes, onChange }: Props) {
  return (
    <FormField label="What is to happen">
      <RadioGroup
        direction="horizontal"
        value={draft.removes ? 'takes' : 'gives'}
        items={[
          { value: 'gives', label: gives },
          { value: 'takes', label: takes },
        ]}
        onChange={({ detail }) => onChange({ removes: detail.value === 'takes' })}
      />
    </FormField>
  );
}
