import Autosuggest from '@cloudscape-design/components/autosuggest';
import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { eligibleRolesQuery } from '@/api/queries/eligible-roles';
import { JsonEditorField } from '@/components/json-editor-field';
import type { DraftFaults, RequestDraft } from '@/features/requests/lib/new-request';

interface Props {
  draft: RequestDraft;
  faults: DraftFaults;
  onChange: (part: Partial<RequestDraft>) => void;
}

export function RequestFields({ draft, faults, onChange }: Props) {
  const roles = useQuery({ ...eligibleRolesQuery, meta: { handled: true } });
  // The editor keeps its own text; giving it each keystroke back would move the cursor.
  const [initialPolicy] = useState(draft.policy);
  const suggestions = (roles.data?.data ?? []).map(({ arn, account_name }) => ({
    value: arn,
    description: account_name,
  }));
  return (
    <SpaceBetween size="l">
      <FormField
        label="Role"
        description="The ARN of the role that is to get the permission. Your own roles are suggested."
        errorText={faults.arn}
        stretch
      >
        <Autosuggest
          value={draft.arn}
          options={suggestions}
          ariaLabel="Role"
          placeholder="arn:aws:iam::111122223333:role/name"
          enteredTextLabel={(text) => `Use "${text}"`}
          empty="No role of yours matches; type the ARN."
          onChange={({ detail }) => onChange({ arn: detail.value })}
        />
      </FormField>
      <ColumnLayout columns={2}>
        <FormField label="Policy name" description="Leave it empty to have one made." errorText={faults.policyName}>
          <Input
            value={draft.policyName}
            placeholder="read-invoices"
            onChange={({ detail }) => onChange({ policyName: detail.value })}
          />
        </FormField>
        <Box padding={{ top: 'l' }}>
          <Toggle
            checked={draft.replaces}
            description="Without this, a new policy never overwrites one that is there."
            onChange={({ detail }) => onChange({ replaces: detail.checked })}
          >
            Replace the policy of that name
          </Toggle>
        </Box>
      </ColumnLayout>
      <FormField
        label="Policy"
        description="JSON, as AWS has it. Faults are marked in the margin."
        errorText={faults.policy}
        stretch
      >
        <JsonEditorField label="Policy" initial={initialPolicy} onChange={(policy) => onChange({ policy })} />
      </FormField>
      <FormField
        label="Justification"
        description="What you need it for, in words that the reviewer understands."
        errorText={faults.justification}
        stretch
      >
        <Textarea
          value={draft.justification}
          rows={3}
          onChange={({ detail }) => onChange({ justification: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}
