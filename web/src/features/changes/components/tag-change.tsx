import type { ContentProps } from '@/features/changes/components/content-props';
import { Facts } from '@/features/changes/components/facts';
import { textOf } from '@/features/changes/lib/wish';

const WORDS: Readonly<Record<string, string>> = {
  create: 'A new tag',
  update: 'Another value for a tag',
  delete: 'A tag goes away',
};

/** A tag of a role, a user, a policy, a bucket, a queue or a topic. */
export function TagChange(content: ContentProps) {
  const { wish } = content;
  const original = textOf(wish, 'original_key');
  const key = textOf(wish, 'key') ?? original ?? '–';
  const renamed = original !== null && original !== key;
  return (
    <Facts
      {...content}
      items={[
        {
          label: 'What it does',
          value: renamed ? 'A tag gets another name' : (WORDS[textOf(wish, 'tag_action') ?? ''] ?? '–'),
        },
        { label: 'Key', value: <span className="breaking">{renamed ? `${original} → ${key}` : key}</span> },
        { label: 'Value', value: <span className="breaking">{textOf(wish, 'value') ?? '–'}</span> },
      ]}
    />
  );
}
