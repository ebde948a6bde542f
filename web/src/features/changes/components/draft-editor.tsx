import FormField from '@cloudscape-design/components/form-field';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { eligibleRolesQuery } from '@/api/queries/eligible-roles';
import { DraftFields } from '@/features/changes/components/draft-fields';
import { EndPicker } from '@/features/changes/components/end-picker';
import type { FieldsProps } from '@/features/changes/components/fields-props';
import { CHANGE_NAMES } from '@/features/changes/lib/change-kinds';
import { type DraftType, mayEnd } from '@/features/changes/lib/drafts';

const TYPES: readonly { value: DraftType; description: string }[] = [
  { value: 'inline_policy', description: 'What a role or user may do, by a policy of its own' },
  { value: 'managed_policy', description: 'A managed policy of a role or user' },
  { value: 'permissions_boundary', description: 'The most that a role or user may ever do' },
  { value: 'assume_role_policy', description: 'Who may take a role' },
  { value: 'resource_policy', description: 'Who may use a bucket, a queue or a topic' },
  { value: 'resource_tag', description: 'A tag of a role, user, managed policy, bucket, queue or topic' },
  { value: 'role_access', description: 'Somebody may use a role, for a time or for ever' },
];
const OPTIONS = TYPES.map(({ value, description }) => ({ value, description, label: CHANGE_NAMES[value] }));

const TARGETS: Readonly<Record<DraftType, { label: string; placeholder: string }>> = {
  inline_policy: { label: 'Role or user', placeholder: 'arn:aws:iam::111122223333:role/name' },
  managed_policy: { label: 'Role or user', placeholder: 'arn:aws:iam::111122223333:role/name' },
  permissions_boundary: { label: 'Role or user', placeholder: 'arn:aws:iam::111122223333:role/name' },
  assume_role_policy: { label: 'Role', placeholder: 'arn:aws:iam::111122223333:role/name' },
  resource_policy: { label: 'Resource', placeholder: 'arn:aws:s3:::bucket' },
  resource_tag: { label: 'Resource', placeholder: 'arn:aws:sqs:eu-west-1:111122223333:queue' },
  role_access: { label: 'Role', placeholder: 'arn:aws:iam::111122223333:role/name' },
};

/** One change: its type, what it is about, the fields of the type, and for how long. */
export function DraftEditor(props: FieldsProps) {
  const { draft, faults, suffix, onChange } = props;
  const roles = useQuery({ ...eligibleRolesQuery, meta: { handled: true } });
  const target = TARGETS[draft.type];
  return (
    <SpaceBetween size="l">
      <FormField label="What kind of change">
        <Select
          selectedOption={OPTIONS.find(({ value }) => value === draft.type) ?? null}
          options={OPTIONS}
          ariaLabel={`What kind of change${suffix}`}
          selectedAriaLabel="Chosen"
          onChange={({ detail }) =>
            onChange({ type: TYPES.find(({ value }) => value === detail.selectedOption.value)?.value ?? draft.type })
          }
        />
      </FormField>
      <FormField
        label={target.label}
        description="Its ARN. Your own roles are suggested."
        errorText={faults.arn}
        stretch
      >
        <Autosuggest
          value={draft.arn}
          options={(roles.data?.data ?? []).map(({ arn, account_name }) => ({ value: arn, description: account_name }))}
          ariaLabel={`${target.label}${suffix}`}
          placeholder={target.placeholder}
          enteredTextLabel={(text) => `Use "${text}"`}
          empty="No role of yours matches; type the ARN."
          onChange={({ detail }) => onChange({ arn: detail.value })}
        />
      </FormField>
      <DraftFields {...props} />
      {mayEnd(draft) && (
        <EndPicker
          label={`For how long${suffix}`}
          description="At its end it is taken back by itself. A reviewer may make it shorter."
          never="For ever"
          end={draft.end}
          fault={faults.end}
          onChange={(end) => onChange({ end })}
        />
      )}
    </SpaceBetween>
  );
}
