import Alert from '@cloudscape-design/components/alert';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';
import { RequestForm } from '@/features/requests/components/request-form';
import { prefilled } from '@/features/requests/lib/encoded-request';
import { usePageTitle } from '@/lib/page-title';

export function NewRequestPage() {
  usePageTitle('New request');
  const [params] = useSearchParams();
  const { arn, policy, fault } = prefilled(params);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Ask for an inline policy of a role. You see what it changes before anything is sent."
        >
          New request
        </Header>
      }
    >
      <SpaceBetween size="l">
        {fault !== null && <Alert type="warning">{fault}</Alert>}
        <RequestForm key={params.toString()} arn={arn} policy={policy} />
      </SpaceBetween>
    </ContentLayout>
  );
}
