import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { TimeText } from '@/components/time-text';
import { controlPoliciesQuery, type ControlPolicy } from '@/features/inventory/api/account';

const KINDS: Partial<Record<string, string>> = {
  ROOT: 'the root',
  ORGANIZATIONAL_UNIT: 'unit',
  ACCOUNT: 'account',
};

function indented(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch {
    return content;
  }
}

function Policy({ policy, targets }: ControlPolicy) {
  return (
    <ExpandableSection
      variant="footer"
      headerText={
        <>
          {policy.name} {policy.aws_managed && <Badge>AWS managed</Badge>}
        </>
      }
      headerDescription={policy.description}
    >
      <SpaceBetween size="xs">
        <Box color="text-body-secondary">
          Attached to{' '}
          {targets.length === 0
            ? 'nothing that you see'
            : targets.map(({ name, type }) => `${KINDS[type] ?? type} ${name}`).join(', ')}
        </Box>
        <Box variant="pre">{indented(policy.content)}</Box>
      </SpaceBetween>
    </ExpandableSection>
  );
}

/** What an organisation forbids here: the policies of the account or unit, and of everything above it. */
export function ControlPolicies({ target }: { target: string }) {
  const policies = useQuery(controlPoliciesQuery(target));
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={policies.data === undefined ? undefined : `(${String(policies.data.data.length)})`}
          description={
            <>
              They limit everybody in the account, whatever its roles allow. Those of the root come first.
              {policies.data?.read_at != null && (
                <>
                  {' '}
                  Read <TimeText at={policies.data.read_at} />.
                </>
              )}
            </>
          }
        >
          Service control policies
        </Header>
      }
    >
      <AwaitData query={policies} what="the service control policies">
        {({ data, message }) => (
          <SpaceBetween size="s">
            {message !== null && <Alert type="info">{message}</Alert>}
            {data.length === 0 ? (
              <EmptyState title="No service control policy">
                None is attached here or above, or the account belongs to no organization that is read.
              </EmptyState>
            ) : (
              data.map((item) => <Policy key={item.policy.id} {...item} />)
            )}
          </SpaceBetween>
        )}
      </AwaitData>
    </Container>
  );
}
