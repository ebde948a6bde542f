import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useProfile } from '@/api/queries/user-profile';
import { mayOperate } from '@/api/site';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { operationsQuery } from '@/features/operations/api/operations';
import { KindsTable } from '@/features/operations/components/kinds-table';
import { ScopesTable } from '@/features/operations/components/scopes-table';
import { TasksTable } from '@/features/operations/components/tasks-table';
import { usePageTitle } from '@/lib/page-title';

function Operations() {
  const operations = useQuery(operationsQuery);
  return (
    <AwaitData query={operations} what="how the tasks are doing">
      {({ tasks, kinds, queues, told_at }) => (
        <SpaceBetween size="l">
          <TasksTable tasks={tasks} queues={queues} toldAt={told_at} />
          <KindsTable kinds={kinds} />
          <ScopesTable kinds={kinds.map(({ kind }) => kind)} />
        </SpaceBetween>
      )}
    </AwaitData>
  );
}

export function OperationsPage() {
  usePageTitle('Operations');
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="What runs by itself: when it last succeeded, why it does not, and running it now."
        >
          Operations
        </Header>
      }
    >
      {mayOperate(useProfile()) ? (
        <Operations />
      ) : (
        <EmptyState title="You may not see the operations">
          They need the permission can_operate. An administrator grants it, in the section groups of the configuration.
        </EmptyState>
      )}
    </ContentLayout>
  );
}
