import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ContentProps } from '@/features/changes/components/content-props';
import { Images } from '@/features/changes/components/images';

interface Props extends ContentProps {
  items: readonly KeyValuePairsProps.Pair[];
}

/** What a change means in words, and below it exactly what is compared and written. */
export function Facts({ items, ...content }: Props) {
  return (
    <SpaceBetween size="m">
      <KeyValuePairs columns={Math.min(items.length, 4)} items={items} />
      <Images {...content} />
    </SpaceBetween>
  );
}
