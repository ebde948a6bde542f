import { CopyText } from '@/components/copy-text';
import { PathText } from '@/components/path-text';

/** An ARN that breaks where there is room, with its copy icon. */
export function ArnText({ arn, what = 'ARN' }: { arn: string; what?: string }) {
  return (
    <span className="arn">
      <code>
        <PathText path={arn} />
      </code>
      <CopyText text={arn} what={what} />
    </span>
  );
}
