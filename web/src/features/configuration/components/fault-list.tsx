import Alert from '@cloudscape-design/components/alert';
import Link from '@cloudscape-design/components/link';
import type { TextPlace } from '@/components/code/yaml-editor';
import { type Fault, faultText } from '@/features/configuration/lib/refusals';

interface Props {
  faults: readonly Fault[];
  onGoTo: (place: TextPlace) => void;
}

function FaultLine({ fault, onGoTo }: { fault: Fault; onGoTo: Props['onGoTo'] }) {
  const { line = null, column } = fault;
  const text = faultText(fault);
  if (line === null) return <span className="breaking">{text}</span>;
  return (
    <Link onFollow={() => onGoTo({ line, column: column ?? 1 })} ariaLabel={`Go to ${text}`}>
      <span className="breaking">{text}</span>
    </Link>
  );
}

/** Everything that is wrong with the text; each line leads to its place. */
export function FaultList({ faults, onGoTo }: Props) {
  return (
    <div role="alert">
      <Alert
        type="error"
        header={faults.length === 1 ? 'One thing is wrong' : `${String(faults.length)} things are wrong`}
      >
        <ul>
          {faults.map((fault, index) => (
            <li key={`${String(index)}:${fault.key}`}>
              <FaultLine fault={fault} onGoTo={onGoTo} />
            </li>
          ))}
        </ul>
      </Alert>
    </div>
  );
}
