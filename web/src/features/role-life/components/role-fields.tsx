import Autosuggest from '@cloudscape-design/components/autosuggest';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { eligibleRolesQuery } from '@/api/queries/eligible-roles';
import { useProfile } from '@/api/queries/user-profile';
import { COPIED, type RoleDraft, type RoleFaults } from '@/features/role-life/lib/role-draft';

interface Props {
  draft: RoleDraft;
  faults: RoleFaults;
  onChange: (part: Partial<RoleDraft>) => void;
}

function Original({ draft, faults, onChange }: Props) {
  const roles = useQuery({ ...eligibleRolesQuery, meta: { handled: true } });
  return (
    <>
      <FormField label="Role that is copied" errorText={faults.original} stretch>
        <Autosuggest
          value={draft.original}
          options={(roles.data?.data ?? []).map(({ arn, account_name }) => ({ value: arn, description: account_name }))}
          ariaLabel="Role that is copied"
          placeholder="arn:aws:iam::111122223333:role/name"
          enteredTextLabel={(text) => `Use "${text}"`}
          empty="No role of yours matches; type the ARN."
          onChange={({ detail }) => onChange({ original: detail.value })}
        />
      </FormField>
      <FormField label="What comes along" description="Its permissions boundary always does.">
        <SpaceBetween size="xxs">
          {COPIED.map(({ id, text }) => (
            <Checkbox
              key={id}
              checked={draft.copied.includes(id)}
              onChange={({ detail }) =>
                onChange({
                  copied: detail.checked ? [...draft.copied, id] : draft.copied.filter((other) => other !== id),
                })
              }
            >
              {text}
            </Checkbox>
          ))}
        </SpaceBetween>
      </FormField>
    </>
  );
}

export function RoleFields({ draft, faults, onChange }: Props) {
  const { accounts } = useProfile();
  const options = Object.entries(accounts).map(([value, label]) => ({ value, label, description: value }));
  const cloned = draft.kind === 'clone';
  return (
    <SpaceBetween size="l">
      <FormField label="Begin with">
        <RadioGroup
          value={draft.kind}
          items={[
            { value: 'new', label: 'Nothing', description: 'A role with the trust policy that is configured here.' },
            { value: 'clone', label: 'Another role', description: 'A copy, also in another account.' },
          ]}
          onChange={({ detail }) => onChange({ kind: detail.value === 'clone' ? 'clone' : 'new' })}
        />
      </FormField>
      {cloned && <Original draft={draft} faults={faults} onChange={onChange} />}
      <FormField label="Account" errorText={faults.accountId}>
        <Select
          selectedOption={options.find(({ value }) => value === draft.accountId) ?? null}
          options={options}
          filteringType="auto"
          placeholder="Choose the account"
          ariaLabel="Account"
          selectedAriaLabel="Chosen"
          empty="You see no account."
          onChange={({ detail }) => onChange({ accountId: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <FormField label="Name" errorText={faults.name}>
        <Input
          value={draft.name}
          placeholder="app-worker"
          onChange={({ detail }) => onChange({ name: detail.value })}
        />
      </FormField>
      {!(cloned && draft.copied.includes('copy_description')) && (
        <FormField label="Description (optional)" stretch>
          <Input value={draft.description} onChange={({ detail }) => onChange({ description: detail.value })} />
        </FormField>
      )}
      {!cloned && (
        <Checkbox
          checked={draft.instanceProfile}
          description="EC2 instances need one to use a role."
          onChange={({ detail }) => onChange({ instanceProfile: detail.checked })}
        >
          An instance profile of the same name
        </Checkbox>
      )}
    </SpaceBetween>
  );
}
