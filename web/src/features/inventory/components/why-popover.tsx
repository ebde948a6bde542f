import Popover from '@cloudscape-design/components/popover';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';

interface Props {
  look: [StatusIndicatorProps.Type, string];
  header: string;
  /** The reason; without one there is nothing to open. */
  children: ReactNode;
}

/** A state, which tells why when it is clicked. */
export function WhyPopover({ look: [type, text], header, children }: Props) {
  const state = <StatusIndicator type={type}>{text}</StatusIndicator>;
  if (children === null || children === undefined) return state;
  return (
    <Popover
      header={header}
      size="large"
      renderWithPortal
      dismissAriaLabel="Close"
      content={<div className="breaking">{children}</div>}
    >
      {state}
    </Popover>
  );
}
