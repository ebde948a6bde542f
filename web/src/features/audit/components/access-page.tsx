import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { AuditorsOnly } from '@/features/audit/components/auditors-only';
import { PersonAccess } from '@/features/audit/components/person-review';
import { RoleAccess } from '@/features/audit/components/role-review';
import { usePageTitle } from '@/lib/page-title';

function Question({ asked, onAsk }: { asked: string; onAsk: (question: string) => void }) {
  const [draft, setDraft] = useState(asked);
  return (
    <form
      role="search"
      aria-label="Who may use what"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(draft.trim());
      }}
    >
      <FormField
        label="A role's ARN, or a person's name"
        secondaryControl={<Button formAction="submit">Show</Button>}
        stretch
      >
        <Input
          value={draft}
          placeholder="arn:aws:iam::111122223333:role/deployer or ana@example.com"
          spellcheck={false}
          onChange={({ detail }) => setDraft(detail.value)}
        />
      </FormField>
    </form>
  );
}

/** Both ends of the authorisation map: from a role to people, from a person to roles. */
export function AccessPage() {
  usePageTitle('Who may use what');
  const [params, setParams] = useSearchParams();
  const asked = params.get('q') ?? '';
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Who may use a role and why, and which roles a person may use and why, as of now."
        >
          Who may use what
        </Header>
      }
    >
      <AuditorsOnly>
        <SpaceBetween size="l">
          <Question key={asked} asked={asked} onAsk={(question) => setParams(question === '' ? {} : { q: question })} />
          {asked.startsWith('arn:') ? (
            <RoleAccess arn={asked} />
          ) : asked !== '' ? (
            <PersonAccess user={asked} />
          ) : undefined}
        </SpaceBetween>
      </AuditorsOnly>
    </ContentLayout>
  );
}
