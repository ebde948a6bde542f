import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useProfile } from '@/api/queries/user-profile';
import { isAdministrator } from '@/api/site';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { TimeText } from '@/components/time-text';
import { checksQuery } from '@/features/checks/api/checks';
import { CheckTable } from '@/features/checks/components/check-table';
import { Spokes } from '@/features/checks/components/spokes';
import { usePageTitle } from '@/lib/page-title';

function Checks() {
  const checks = useQuery(checksQuery);
  return (
    <SpaceBetween size="l">
      <AwaitData query={checks} what="the checks; this may take twenty seconds">
        {(found) => (
          <CheckTable
            checks={found.checks}
            what="Part"
            label="Parts"
            header={
              <Header
                variant="h2"
                counter={`(${String(found.checks.length)})`}
                description={
                  <>
                    Checked <TimeText at={found.checked_at} />
                  </>
                }
                actions={
                  <Button loading={checks.isFetching} onClick={() => void checks.refetch()}>
                    Check again
                  </Button>
                }
              >
                Parts
              </Header>
            }
          />
        )}
      </AwaitData>
      <Spokes />
    </SpaceBetween>
  );
}

export function ChecksPage() {
  usePageTitle('Checks');
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Everything that this product depends on, how it is doing, and what to do about it."
        >
          Checks
        </Header>
      }
    >
      {isAdministrator(useProfile()) ? (
        <Checks />
      ) : (
        <EmptyState title="You may not see the checks">They are for administrators (can_admin).</EmptyState>
      )}
    </ContentLayout>
  );
}
