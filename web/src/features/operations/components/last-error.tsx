import Popover from '@cloudscape-design/components/popover';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { TimeText } from '@/components/time-text';

interface Props {
  what: string;
  error: string | null;
  at: number | null;
  failures: number;
}

/** The reason of the last failure, as long as no success has mended it. */
export function LastError({ what, error, at, failures }: Props) {
  if (error === null) return 'None';
  return (
    <Popover
      header={`Why ${what} failed`}
      size="large"
      renderWithPortal
      dismissAriaLabel="Close"
      content={<div className="breaking">{error}</div>}
    >
      <StatusIndicator type="error">
        {failures > 1 ? `${String(failures)} times, ` : ''}
        {at === null ? 'failed' : <TimeText at={at} />}
      </StatusIndicator>
    </Popover>
  );
}
