import { ArnText } from '@/components/arn-text';
import { TimeText } from '@/components/time-text';
import type { ContentProps } from '@/features/changes/components/content-props';
import { Facts } from '@/features/changes/components/facts';
import { identityText, numberOf, textOf } from '@/features/changes/lib/wish';

/** Somebody may use a role. Nothing is written in AWS: the right counts from its beginning to its end. */
export function AccessChange(content: ContentProps) {
  const { wish, target } = content;
  const identity = textOf(wish, 'identity');
  const from = numberOf(wish, 'not_before');
  const until = numberOf(wish, 'until');
  return (
    <Facts
      {...content}
      items={[
        { label: 'Who', value: identity === null ? '–' : identityText(identity) },
        { label: 'May use', value: <ArnText arn={textOf(wish, 'principal_arn') ?? target} what="role ARN" /> },
        { label: 'From', value: from === null ? 'At once' : <TimeText at={from} /> },
        { label: 'Until', value: until === null ? 'For ever' : <TimeText at={until} /> },
      ]}
    />
  );
}
