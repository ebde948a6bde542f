import { ArnText } from '@/components/arn-text';
import type { ContentProps } from '@/features/changes/components/content-props';
import { Facts } from '@/features/changes/components/facts';

/** A whole role comes, or goes with everything that it holds. */
export function RoleChange(content: ContentProps) {
  const { target, after } = content;
  return (
    <Facts
      {...content}
      items={[
        { label: 'Role', value: <ArnText arn={target} what="role ARN" /> },
        {
          label: 'What it does',
          value:
            after === null
              ? 'The role goes with its policies and tags; whoever uses it is refused.'
              : 'The role is made as shown.',
        },
      ]}
    />
  );
}
