import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { StateLook } from '@/features/requests/lib/states';

export function StateIndicator({ look }: { look: StateLook }) {
  return (
    <StatusIndicator type={look.type} wrapText={false}>
      {look.text}
    </StatusIndicator>
  );
}
