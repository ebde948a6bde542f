import type { ImagesProps } from '@/features/changes/components/images';
import type { Wish } from '@/features/changes/lib/wish';

export interface ContentProps extends ImagesProps {
  target: string;
  /** What was asked for, by the fields of the change's type. */
  wish: Wish;
}
