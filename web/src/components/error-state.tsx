import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { ApiError, explain } from '@/lib/api-error';

interface Props {
  error: unknown;
  onRetry?: (() => void) | undefined;
}

/** What went wrong, in words, where the content would have been. */
export function ErrorState({ error, onRetry }: Props) {
  const { header, detail, requestId } = explain(error);
  const retryable = onRetry !== undefined && (!(error instanceof ApiError) || error.passing);
  return (
    <div role="alert">
      <Alert type="error" header={header} action={retryable ? <Button onClick={onRetry}>Try again</Button> : undefined}>
        {detail}
        {requestId !== undefined && <div>Request id: {requestId}</div>}
      </Alert>
    </div>
  );
}
