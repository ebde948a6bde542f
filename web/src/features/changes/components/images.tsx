import { PolicyDiff } from '@/components/policy-diff';

export interface ImagesProps {
  title: string;
  before: unknown;
  after: unknown;
  beforeLabel?: string;
  afterLabel?: string;
}

/** What the place holds before and after, as it is compared and written. */
export function Images({ title, before, after, beforeLabel = 'Before', afterLabel = 'After' }: ImagesProps) {
  return <PolicyDiff title={title} before={before} after={after} beforeLabel={beforeLabel} afterLabel={afterLabel} />;
}
