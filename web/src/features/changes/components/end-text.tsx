import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReviewChange } from '@/api/types';
import { TimeText } from '@/components/time-text';
import { fullTime } from '@/lib/times';

/** When a change is taken back, or that it was, and what shows it. */
export function EndText({ change }: { change: ReviewChange }) {
  const { until, ends_at, ended_at, taken } = change;
  if (ended_at !== null) {
    return (
      <StatusIndicator type={taken ? 'success' : 'stopped'}>
        Ended <TimeText at={ended_at} />
        {taken ? '. AWS has shown that it is taken back.' : '.'}
      </StatusIndicator>
    );
  }
  if (ends_at === null) return <span>For ever</span>;
  return (
    <StatusIndicator type="pending">
      Ends <TimeText at={ends_at} />: {fullTime(ends_at)}
      {until !== null && until > ends_at && ' (earlier than was asked for)'}
      {until === null && ' (it was asked for without an end)'}
    </StatusIndicator>
  );
}
