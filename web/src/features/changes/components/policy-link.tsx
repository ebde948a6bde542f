import { CopyText } from '@/components/copy-text';
import { InAppLink } from '@/components/in-app-link';
import { parseArn } from '@/lib/arn';

/** A managed policy; those of AWS itself have no page here. */
export function PolicyLink({ arn }: { arn: string }) {
  const parsed = parseArn(arn);
  const path = parsed?.resource.replace(/^policy\//, '') ?? '';
  const own = parsed !== null && /^\d{12}$/.test(parsed.account) && path !== parsed.resource;
  return (
    <span className="arn">
      {own ? (
        <InAppLink to={`/policies/edit/${parsed.account}/managed_policy/${path}`} ariaLabel={arn}>
          <code>{arn}</code>
        </InAppLink>
      ) : (
        <code>{arn}</code>
      )}
      <CopyText text={arn} what="policy ARN" />
    </span>
  );
}
