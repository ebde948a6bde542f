import type { KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TabsProps } from '@cloudscape-design/components/tabs';
import { useProfile } from '@/api/queries/user-profile';
import { mayCreateRoles, mayDeletePrincipals } from '@/api/site';
import { DeniesPanel } from '@/components/denies/denies-panel';
import { InAppButton } from '@/components/in-app-button';
import { PolicyView } from '@/components/policy-view';
import { RequestLink } from '@/components/request-link';
import type { Role, Shown, User } from '@/features/resources/api/resources';
import { DeleteRole } from '@/features/resources/components/delete-role';
import { HistoryTab } from '@/features/resources/components/history-tab';
import { HoldersTable } from '@/features/resources/components/holders-table';
import { OutsidersTable } from '@/features/resources/components/outsiders-table';
import { PageFrame } from '@/features/resources/components/page-frame';
import { PoliciesTab } from '@/features/resources/components/policies-tab';
import { TagsTable } from '@/features/resources/components/tags-table';
import type { Address } from '@/features/resources/lib/address';
import { dateText, hoursText } from '@/features/resources/lib/words';
import { printPolicy } from '@/lib/policy-json';

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

function Trust({ role: { arn, name, assume_role_policy_document: document } }: { role: Role }) {
  return (
    <SpaceBetween size="s">
      <RequestLink about={{ arn, change: 'assume_role_policy' }} policy={printPolicy(document)}>
        Request another trust policy
      </RequestLink>
      <PolicyView label={`The trust policy of ${name}`} document={document} />
    </SpaceBetween>
  );
}

function roleTabs(role: Role): TabsProps.Tab[] {
  return [
    {
      id: 'trust',
      label: 'Trust policy',
      content: <Trust role={role} />,
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

/** What may be done with a role at once, by those who may. */
function RoleLife({ role }: { role: Role }) {
  const profile = useProfile();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {mayCreateRoles(profile) && (
        <InAppButton to={`/create_role?clone=${encodeURIComponent(role.arn)}`}>Copy</InAppButton>
      )}
      {mayDeletePrincipals(profile) && <DeleteRole role={role} />}
    </SpaceBetween>
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
    { id: 'tags', label: `Tags (${String(body.tags.length)})`, content: <TagsTable arn={body.arn} tags={body.tags} /> },
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
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {shown.kind === 'role' && <RoleLife role={shown.body} />}
          <RequestLink primary about={{ arn: body.arn }}>
            Request a change
          </RequestLink>
        </SpaceBetween>
      }
      tabs={tabs}
    />
  );
}
