import Alert from '@cloudscape-design/components/alert';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { RequestForm } from '@/features/requests/components/request-form';
import { StoredDraft } from '@/features/requests/components/stored-draft';
import { prefilled } from '@/features/requests/lib/encoded-request';
import { usePageTitle } from '@/lib/page-title';

/** A link fills in the form until somebody writes in it: then it is kept, and asking for the same a second time would double it. */
function useLink() {
  const [params, setParams] = useSearchParams();
  const { state } = useLocation() as { state: unknown };
  const [{ linked, fault }] = useState(() => prefilled(params, state));
  const taken = () => {
    if (params.size > 0) setParams({}, { replace: true });
  };
  return { linked, fault, taken };
}

function Blank() {
  const { linked, fault, taken } = useLink();
  return (
    <SpaceBetween size="l">
      {fault !== null && <Alert type="warning">{fault}</Alert>}
      <RequestForm linked={linked} stored={null} onEdit={taken} />
    </SpaceBetween>
  );
}

export function NewRequestPage() {
  const [params] = useSearchParams();
  const draftId = params.get('draft');
  const title = draftId === null ? 'New request' : 'Edit a draft';
  usePageTitle(title);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Ask for one change, or for several together. You see what they do before anything is sent."
        >
          {title}
        </Header>
      }
    >
      {draftId === null ? <Blank /> : <StoredDraft key={draftId} requestId={draftId} />}
    </ContentLayout>
  );
}
