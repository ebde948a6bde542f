import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { EndPicker } from '@/features/changes/components/end-picker';
import { CHANGE_NAMES } from '@/features/changes/lib/change-kinds';
import { type Case, type CaseFaults, CASE_TYPES } from '@/features/requests/lib/simulation';

interface Props {
  asked: Case;
  faults: CaseFaults;
  onChange: (part: Partial<Case>) => void;
}

const OPTIONS = CASE_TYPES.map((value) => ({ value, label: CHANGE_NAMES[value] }));

export function RulesFields({ asked, faults, onChange }: Props) {
  return (
    <SpaceBetween size="l">
      <ColumnLayout columns={2}>
        <FormField label="What kind of change">
          <Select
            selectedOption={OPTIONS.find(({ value }) => value === asked.type) ?? null}
            options={OPTIONS}
            ariaLabel="What kind of change"
            selectedAriaLabel="Chosen"
            onChange={({ detail }) =>
              onChange({ type: CASE_TYPES.find((one) => one === detail.selectedOption.value) ?? asked.type })
            }
          />
        </FormField>
        <FormField label="Of what" errorText={faults.target}>
          <Input
            value={asked.target}
            placeholder="arn:aws:iam::111122223333:role/name"
            onChange={({ detail }) => onChange({ target: detail.value })}
          />
        </FormField>
      </ColumnLayout>
      <ColumnLayout columns={2}>
        {asked.type === 'role_access' && (
          <FormField label="Who would get access (optional)" description="user:NAME or group:NAME">
            <Input
              value={asked.identity}
              placeholder="user:ana@example.com"
              onChange={({ detail }) => onChange({ identity: detail.value })}
            />
          </FormField>
        )}
        <FormField
          label="Asked for by (optional)"
          description="You, if it is empty. Others only for those who administer the rules."
        >
          <Input
            value={asked.requester}
            placeholder="bea@example.com"
            onChange={({ detail }) => onChange({ requester: detail.value })}
          />
        </FormField>
      </ColumnLayout>
      <EndPicker
        label="For how long"
        never="For ever"
        end={asked.end}
        fault={faults.end}
        onChange={(end) => onChange({ end })}
      />
      <Toggle
        checked={asked.grave}
        description="As if it found a way to more rights than the principal has."
        onChange={({ detail }) => onChange({ grave: detail.checked })}
      >
        A guardrail asks for one more approval
      </Toggle>
    </SpaceBetween>
  );
}
