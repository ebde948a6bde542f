import Button from '@cloudscape-design/components/button';
import type { KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import type { TabsProps } from '@cloudscape-design/components/tabs';
import { useNavigate } from 'react-router';
import { DeniesPanel } from '@/components/denies/denies-panel';
import { PolicyView } from '@/components/policy-view';
import type { Role, Shown, User } from '@/features/resources/api/resources';
import { HistoryTab } from '@/features/resources/components/history-tab';
import { HoldersTable } from '@/features/resources/components/holders-table';
import { OutsidersTable } from '@/features/resources/components/outsiders-table';
import { PageFrame } from '@/features/resources/components/page-frame';
import { PoliciesTab } from '@/features/resources/components/policies-tab';
import { TagsTable } from '@/features/resources/components/tags-table';
import type { Address } from '@/features/resources/lib/address';
import { dateText, hoursText } from '@/features/resources/lib/words';

function roleFacts(role: Role): KeyValuePairsProps.Item[] {
  const { last_used_time, last_used_region } = role;
  return [
    { label: 'Description', value: role.description ?? '–' },
    { label: 'Created', value: dateText(role.created_time) },
    {
      label: 'Last used',
      value:
        last_used_time === null
          ? 'Not in the last 400 days'
          : `${dateText(last_used_time)}${last_used_region ? ` in ${last_used_region}` : ''}`,
    },
    { label: 'Longest session', value: hoursText(role.max_session_duration) },
    { label: 'Instance profiles', value: role.instance_profiles.join(', ') || 'None' },
    ...applications(role),
  ];
}

function applications({ apps }: Role): KeyValuePairsProps.Item[] {
  const names = (apps?.app_details ?? []).map(({ name }) => name ?? '');
  return names.length === 0 ? [] : [{ label: 'Applications', value: names.join(', ') }];
}

function userFacts(user: User): KeyValuePairsProps.Item[] {
  return [
    { label: 'Created', value: dateText(user.created_time) },
    { label: 'Groups', value: user.groups.join(', ') || 'None' },
  ];
}

function roleTabs(role: Role): TabsProps.Tab[] {
  return [
    {
      id: 'trust',
      label: 'Trust policy',
      content: <PolicyView label={`The trust policy of ${role.name}`} document={role.assume_role_policy_document} />,
    },
    {
      id: 'who',
      label: `Who can use it (${String(role.authorized.length)})`,
      content: <HoldersTable role={role} />,
    },
    {
      id: 'outside',
      label: `From outside (${String(role.exposure.outsiders.length)})`,
      content: <OutsidersTable exposure={role.exposure} />,
    },
  ];
}

function AskButton({ arn }: { arn: string }) {
  const navigate = useNavigate();
  const to = `/requests/new?arn=${encodeURIComponent(arn)}`;
  return (
    <Button
      variant="primary"
      href={to}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    >
      Request a change
    </Button>
  );
}

interface Props {
  address: Address;
  shown: Extract<Shown, { kind: 'role' | 'user' }>;
}

/** A role or a user. */
export function IdentityPage({ address, shown }: Props) {
  const { body } = shown;
  const policies = body.inline_policies.length + body.managed_policies.length;
  const tabs: TabsProps.Tab[] = [
    {
      id: 'policies',
      label: `Policies (${String(policies)})`,
      content: <PoliciesTab identity={body} />,
    },
    ...(shown.kind === 'role' ? roleTabs(shown.body) : []),
    { id: 'tags', label: `Tags (${String(body.tags.length)})`, content: <TagsTable tags={body.tags} /> },
    { id: 'denies', label: 'Denied calls', content: <DeniesPanel arn={body.arn} /> },
    { id: 'history', label: 'History', content: <HistoryTab arn={body.arn} /> },
  ];
  return (
    <PageFrame
      address={address}
      body={body}
      what={shown.kind === 'role' ? 'IAM role' : 'IAM user'}
      isPublic={shown.kind === 'role' && shown.body.exposure.public}
      facts={shown.kind === 'role' ? roleFacts(shown.body) : userFacts(shown.body)}
      actions={shown.kind === 'role' ? <AskButton arn={body.arn} /> : undefined}
      tabs={tabs}
    />
  );
}
