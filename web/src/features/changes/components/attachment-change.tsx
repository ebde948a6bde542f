import type { ContentProps } from '@/features/changes/components/content-props';
import { Facts } from '@/features/changes/components/facts';
import { PolicyLink } from '@/features/changes/components/policy-link';
import { textOf } from '@/features/changes/lib/wish';

/** A managed policy is attached, or detached. */
export function AttachmentChange(content: ContentProps) {
  const { wish } = content;
  const arn = textOf(wish, 'arn');
  const detached = textOf(wish, 'action') === 'detach';
  return (
    <Facts
      {...content}
      items={[
        { label: 'Policy', value: arn === null ? '–' : <PolicyLink arn={arn} /> },
        {
          label: 'What it does',
          value: detached ? 'It takes away what the policy allows.' : 'It gives everything that the policy allows.',
        },
      ]}
    />
  );
}
