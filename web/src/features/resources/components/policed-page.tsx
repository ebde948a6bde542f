import Alert from '@cloudscape-design/components/alert';
import type { KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TabsProps } from '@cloudscape-design/components/tabs';
import { DeniesPanel } from '@/components/denies/denies-panel';
import { EmptyState } from '@/components/empty-state';
import { CopyText } from '@/components/copy-text';
import { PolicyView } from '@/components/policy-view';
import { RequestLink } from '@/components/request-link';
import type { Policed, Tag } from '@/features/resources/api/resources';
import { AttachedPrincipals } from '@/features/resources/components/attached-principals';
import { HistoryTab } from '@/features/resources/components/history-tab';
import { OutsidersTable } from '@/features/resources/components/outsiders-table';
import { PageFrame } from '@/features/resources/components/page-frame';
import { PolicyVersions } from '@/features/resources/components/policy-versions';
import { TagsTable } from '@/features/resources/components/tags-table';
import type { Address } from '@/features/resources/lib/address';
import { dateText } from '@/features/resources/lib/words';
import { printPolicy } from '@/lib/policy-json';

const WORDS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'S3 bucket',
  'AWS::SQS::Queue': 'SQS queue',
  'AWS::SNS::Topic': 'SNS topic',
  managed_policy: 'Managed policy',
};

function told(details: Policed['resource_details'], key: string): string | null {
  const value = details[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

function Url({ url }: { url: string }) {
  return (
    <span className="breaking">
      {url} <CopyText text={url} what="queue's URL" />
    </span>
  );
}

function facts({ resource_details: details }: Policed): KeyValuePairsProps.Item[] {
  const url = told(details, 'QueueUrl');
  const description = told(details, 'description');
  const region = told(details, 'region');
  const messages = told(details, 'ApproximateNumberOfMessages');
  const subscriptions = told(details, 'SubscriptionsConfirmed');
  return [
    { label: 'Created', value: dateText(told(details, 'created_time')) },
    ...('updated_time' in details ? [{ label: 'Changed', value: dateText(told(details, 'updated_time')) }] : []),
    ...(region === null ? [] : [{ label: 'Region', value: region }]),
    ...(description === null ? [] : [{ label: 'Description', value: description }]),
    ...(messages === null ? [] : [{ label: 'Messages, about', value: messages }]),
    ...(subscriptions === null ? [] : [{ label: 'Subscriptions', value: subscriptions }]),
    ...(url === null ? [] : [{ label: 'URL', value: <Url url={url} /> }]),
  ];
}

function Policy({ resource }: { resource: Policed }) {
  const policy = resource.resource_details['Policy'];
  if (resource.refused.includes('policy') || resource.refused.includes('attributes')) {
    return (
      <Alert type="warning" header="AWS did not tell the policy">
        The resource's own policy keeps it from our reading role.
      </Alert>
    );
  }
  const empty = policy === undefined || policy === null || Object.keys(policy).length === 0;
  const view = <PolicyView label={`The policy of ${resource.name}`} document={policy} />;
  if (resource.technology === 'managed_policy') return view;
  const about = { arn: resource.arn, change: 'resource_policy' };
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="xs">
        <RequestLink about={about}>Request more statements</RequestLink>
        {!empty && (
          <RequestLink about={{ ...about, whole: 'yes' }} policy={printPolicy(policy)}>
            Request another policy
          </RequestLink>
        )}
      </SpaceBetween>
      {empty ? (
        <EmptyState title="It has no policy of its own">
          Only policies of its own account's principals count.
        </EmptyState>
      ) : (
        view
      )}
    </SpaceBetween>
  );
}

function tabsOf(resource: Policed): TabsProps.Tab[] {
  const managed = resource.technology === 'managed_policy';
  const tags = resource.resource_details['TagSet'] as Tag[];
  const own: TabsProps.Tab[] = managed
    ? [
        { id: 'attached', label: 'Attached to', content: <AttachedPrincipals arn={resource.arn} /> },
        {
          id: 'versions',
          label: `Versions (${String(resource.versions.length)})`,
          content: <PolicyVersions versions={resource.versions} />,
        },
      ]
    : [
        {
          id: 'outside',
          label: `From outside (${String(resource.exposure.outsiders.length)})`,
          content: <OutsidersTable exposure={resource.exposure} />,
        },
      ];
  return [
    { id: 'policy', label: managed ? 'Document' : 'Resource policy', content: <Policy resource={resource} /> },
    ...own,
    {
      id: 'tags',
      label: `Tags (${String(tags.length)})`,
      content: <TagsTable arn={resource.arn} tags={tags} refused={resource.refused.includes('tags')} />,
    },
    { id: 'denies', label: 'Denied calls', content: <DeniesPanel arn={resource.arn} /> },
    { id: 'history', label: 'History', content: <HistoryTab arn={resource.arn} /> },
  ];
}

/** A bucket, a queue, a topic or a managed policy. */
export function PolicedPage({ address, resource }: { address: Address; resource: Policed }) {
  return (
    <PageFrame
      address={address}
      body={resource}
      what={WORDS[resource.technology] ?? resource.technology}
      isPublic={resource.exposure.public}
      facts={facts(resource)}
      tabs={tabsOf(resource)}
    />
  );
}
