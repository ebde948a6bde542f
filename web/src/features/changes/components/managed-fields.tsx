import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import type { FieldsProps } from '@/features/changes/components/fields-props';
import { RemovesField } from '@/features/changes/components/removes-field';

/** A managed policy that is attached or detached, or that is the boundary. */
export function ManagedFields(props: FieldsProps) {
  const { draft, faults, onChange } = props;
  const boundary = draft.type === 'permissions_boundary';
  return (
    <SpaceBetween size="l">
      {boundary ? (
        <RemovesField {...props} gives="Set the boundary" takes="Take the boundary away" />
      ) : (
        <RemovesField {...props} gives="Attach the policy" takes="Detach the policy" />
      )}
      {boundary && !draft.removes && (
        <Toggle
          checked={draft.replaces}
          description="Without this, a boundary that is there is never replaced."
          onChange={({ detail }) => onChange({ replaces: detail.checked })}
        >
          Replace the boundary that is there
        </Toggle>
      )}
      <FormField
        label={boundary ? 'ARN of the boundary' : 'ARN of the managed policy'}
        description="One of the account, or one of AWS."
        errorText={faults.policyArn}
        stretch
      >
        <Input
          value={draft.policyArn}
          placeholder="arn:aws:iam::aws:policy/ReadOnlyAccess"
          onChange={({ detail }) => onChange({ policyArn: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}
