import Button from '@cloudscape-design/components/button';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';

interface Props {
  /** What is asked for: `arn`, `change` and the fields of that type of change. */
  about: Readonly<Record<string, string>>;
  /** The document to begin with; too long for an address, it goes along beside it. */
  policy?: string;
  primary?: boolean;
  /** Within a text or a cell of a table. */
  inline?: boolean;
  ariaLabel?: string;
  children: ReactNode;
}

/** Opens a new request with what is known here filled in. It asks for nothing by itself. */
export function RequestLink({ about, policy, primary = false, inline = false, ariaLabel, children }: Props) {
  const navigate = useNavigate();
  const to = `/requests/new?${new URLSearchParams(about).toString()}`;
  return (
    <Button
      variant={inline ? 'inline-link' : primary ? 'primary' : 'normal'}
      href={to}
      ariaLabel={ariaLabel}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to, { state: { policy } });
      }}
    >
      {children}
    </Button>
  );
}
