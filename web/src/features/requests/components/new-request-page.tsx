import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import { useSearchParams } from 'react-router';
import { RequestForm } from '@/features/requests/components/request-form';
import { usePageTitle } from '@/lib/page-title';

export function NewRequestPage() {
  usePageTitle('New request');
  const [params] = useSearchParams();
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
      <RequestForm arn={params.get('arn') ?? ''} />
    </ContentLayout>
  );
}
