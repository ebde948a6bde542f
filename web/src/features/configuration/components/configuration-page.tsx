import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useProfile } from '@/api/queries/user-profile';
import { isPageEnabled } from '@/api/site';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { configurationQuery } from '@/features/configuration/api/configuration';
import { ConfigurationEditor } from '@/features/configuration/components/configuration-editor';
import { Deployment } from '@/features/configuration/components/deployment';
import { History } from '@/features/configuration/components/history';
import { InForce } from '@/features/configuration/components/in-force';
import { usePageTitle } from '@/lib/page-title';

function Configuration() {
  const current = useQuery(configurationQuery);
  return (
    <AwaitData query={current} what="the configuration">
      {(found) => (
        <SpaceBetween size="l">
          <InForce current={found} />
          <ConfigurationEditor latest={found} />
          <Deployment text={found.deployment} />
          <History current={found} />
        </SpaceBetween>
      )}
    </AwaitData>
  );
}

export function ConfigurationPage() {
  usePageTitle('Configuration');
  const allowed = isPageEnabled(useProfile(), 'config');
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="What the product does, in one document. You see what a change does to whom before it is saved; every version is kept."
        >
          Configuration
        </Header>
      }
    >
      {allowed ? (
        <Configuration />
      ) : (
        <EmptyState title="You may not see the configuration">
          It needs the permission can_edit_config. An administrator grants it, in the section groups.
        </EmptyState>
      )}
    </ContentLayout>
  );
}
