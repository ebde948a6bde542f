import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { DocumentField } from '@/features/changes/components/document-field';
import type { FieldsProps } from '@/features/changes/components/fields-props';

export function ResourcePolicyFields(props: FieldsProps) {
  const { draft, onChange } = props;
  return (
    <SpaceBetween size="l">
      <FormField label="What is to happen">
        <RadioGroup
          value={draft.adds ? 'adds' : 'whole'}
          items={[
            {
              value: 'adds',
              label: 'Add statements',
              description: 'What is there stays. Only what is added is taken back later.',
            },
            {
              value: 'whole',
              label: 'Write the whole policy',
              description: 'What is not in the document, is gone.',
            },
          ]}
          onChange={({ detail }) => onChange({ adds: detail.value === 'adds' })}
        />
      </FormField>
      <DocumentField
        {...props}
        kind="resource"
        label="Resource policy"
        description={draft.adds ? 'A document with the statements that are added.' : 'The document as it is to be.'}
      />
    </SpaceBetween>
  );
}
