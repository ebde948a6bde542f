import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { InAppLink } from '@/components/in-app-link';
import { PolicyView } from '@/components/policy-view';
import { RequestLink } from '@/components/request-link';
import { documentsQuery, type Identity } from '@/features/resources/api/resources';
import { pageOfPolicy } from '@/features/resources/lib/address';
import { printPolicy } from '@/lib/policy-json';

function PolicyLink({ arn }: { arn: string }) {
  const page = pageOfPolicy(arn);
  return page === null ? <span className="breaking">{arn}</span> : <InAppLink to={page}>{arn}</InAppLink>;
}

/** Documents are read when somebody is here to read them: those of AWS come from AWS. */
function ManagedPolicies({ identity }: { identity: Identity }) {
  const documents = useQuery(documentsQuery(identity.arn));
  return (
    <AwaitData query={documents} what="what the managed policies say">
      {({ data, errors }) => (
        <SpaceBetween size="xs">
          {errors && errors.length > 0 && (
            <Alert type="warning" header="Some could not be read">
              {errors.map((one) => (
                <div key={one} className="breaking">
                  {one}
                </div>
              ))}
            </Alert>
          )}
          {identity.managed_policies.map(({ PolicyName, PolicyArn }) => (
            <ExpandableSection key={PolicyArn} headerText={PolicyName} headingTagOverride="h3">
              <SpaceBetween size="xs">
                <PolicyLink arn={PolicyArn} />
                <RequestLink
                  about={{ arn: identity.arn, change: 'managed_policy', policy_arn: PolicyArn, removes: 'yes' }}
                  ariaLabel={`Request to detach ${PolicyName}`}
                >
                  Request to detach it
                </RequestLink>
                <PolicyView
                  label={`The managed policy ${PolicyName}`}
                  document={(data as Record<string, unknown> | null)?.[PolicyName]}
                />
              </SpaceBetween>
            </ExpandableSection>
          ))}
        </SpaceBetween>
      )}
    </AwaitData>
  );
}

/** What a role or user may do: policies of its own, attached ones, and the boundary around them. */
export function PoliciesTab({ identity }: { identity: Identity }) {
  const { arn, inline_policies, managed_policies, permissions_boundary } = identity;
  const inline = { arn, change: 'inline_policy' };
  const bounds = { arn, change: 'permissions_boundary' };
  const boundary = permissions_boundary['PermissionsBoundaryArn'];
  return (
    <SpaceBetween size="l">
      <div>
        <Header
          variant="h2"
          counter={`(${String(inline_policies.length)})`}
          actions={<RequestLink about={inline}>Request another inline policy</RequestLink>}
        >
          Inline policies
        </Header>
        {inline_policies.length === 0 && <EmptyState title="It has no policies of its own" />}
        {inline_policies.map(({ PolicyName, PolicyDocument }, index) => (
          <ExpandableSection
            key={PolicyName}
            headerText={PolicyName}
            headingTagOverride="h3"
            defaultExpanded={index === 0}
          >
            <SpaceBetween size="xs">
              <SpaceBetween direction="horizontal" size="xs">
                <RequestLink
                  about={{ ...inline, policy_name: PolicyName, replaces: 'yes' }}
                  policy={printPolicy(PolicyDocument)}
                  ariaLabel={`Request an edit of ${PolicyName}`}
                >
                  Request an edit
                </RequestLink>
                <RequestLink
                  about={{ ...inline, policy_name: PolicyName, removes: 'yes' }}
                  ariaLabel={`Request to remove ${PolicyName}`}
                >
                  Request its removal
                </RequestLink>
              </SpaceBetween>
              <PolicyView label={`The inline policy ${PolicyName}`} document={PolicyDocument} />
            </SpaceBetween>
          </ExpandableSection>
        ))}
      </div>
      <div>
        <Header
          variant="h2"
          counter={`(${String(managed_policies.length)})`}
          actions={<RequestLink about={{ arn, change: 'managed_policy' }}>Request to attach one</RequestLink>}
        >
          Managed policies
        </Header>
        {managed_policies.length === 0 ? (
          <EmptyState title="None is attached" />
        ) : (
          <ManagedPolicies identity={identity} />
        )}
      </div>
      <div>
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <RequestLink about={{ ...bounds, ...(boundary === undefined ? {} : { replaces: 'yes' }) }}>
                {boundary === undefined ? 'Request a boundary' : 'Request another boundary'}
              </RequestLink>
              {boundary !== undefined && (
                <RequestLink about={{ ...bounds, policy_arn: boundary, removes: 'yes' }}>
                  Request its removal
                </RequestLink>
              )}
            </SpaceBetween>
          }
        >
          Permissions boundary
        </Header>
        {boundary === undefined ? (
          <Box color="text-body-secondary">It has none: its policies count as they are.</Box>
        ) : (
          <PolicyLink arn={boundary} />
        )}
      </div>
    </SpaceBetween>
  );
}
