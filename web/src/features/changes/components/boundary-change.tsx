import type { ContentProps } from '@/features/changes/components/content-props';
import { Facts } from '@/features/changes/components/facts';
import { PolicyLink } from '@/features/changes/components/policy-link';
import { textOf } from '@/features/changes/lib/wish';

const WORDS: Readonly<Record<string, string>> = {
  attach: 'Whatever its policies say, it may do no more than this one allows.',
  detach: 'Its policies count as they are from then on.',
};

/** The boundary around a principal's policies is set, replaced or taken away. */
export function BoundaryChange(content: ContentProps) {
  const { wish } = content;
  const arn = textOf(wish, 'arn');
  return (
    <Facts
      {...content}
      items={[
        { label: 'Boundary', value: arn === null ? '–' : <PolicyLink arn={arn} /> },
        { label: 'What it does', value: WORDS[textOf(wish, 'action') ?? 'attach'] ?? '–' },
      ]}
    />
  );
}
