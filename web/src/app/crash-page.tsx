import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useRouteError } from 'react-router';
import { explain } from '@/lib/api-error';
import { usePageTitle } from '@/lib/page-title';

/** A part of the page failed to load or to draw. A new version may have replaced the files that this tab still asks for. */
export function CrashPage() {
  usePageTitle('Problem');
  const { detail } = explain(useRouteError());
  return (
    <Box padding="l">
      <div role="alert">
        <Alert
          type="error"
          header="This page could not be shown"
          action={<Button onClick={() => window.location.reload()}>Load the page again</Button>}
        >
          {detail}
        </Alert>
      </div>
    </Box>
  );
}
