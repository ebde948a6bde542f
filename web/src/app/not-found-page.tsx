import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import { useLocation } from 'react-router';
import { InAppLink } from '@/components/in-app-link';
import { usePageTitle } from '@/lib/page-title';

export function NotFoundPage() {
  usePageTitle('Not found');
  const { pathname } = useLocation();
  return (
    <ContentLayout header={<Header variant="h1">There is no such page</Header>}>
      <Container>
        <Box variant="p">
          Nothing lives at <code className="arn">{pathname}</code>. The link may be old, or a part of it may be missing.
        </Box>
        <InAppLink to="/">Go to your roles</InAppLink>
      </Container>
    </ContentLayout>
  );
}
