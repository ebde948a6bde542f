import { DocumentField } from '@/features/changes/components/document-field';
import type { FieldsProps } from '@/features/changes/components/fields-props';

export function TrustFields(props: FieldsProps) {
  return (
    <DocumentField
      {...props}
      kind="trust"
      label="Trust policy"
      description="The whole document: who may take the role from then on. What is not in it, is gone."
    />
  );
}
