import type { ComponentType } from 'react';
import { AccessChange } from '@/features/changes/components/access-change';
import { AttachmentChange } from '@/features/changes/components/attachment-change';
import { BoundaryChange } from '@/features/changes/components/boundary-change';
import { Images } from '@/features/changes/components/images';
import type { ContentProps } from '@/features/changes/components/content-props';
import { RoleChange } from '@/features/changes/components/role-change';
import { TagChange } from '@/features/changes/components/tag-change';
import type { ChangeName } from '@/features/changes/lib/change-kinds';

/** A part for each type of change: one that is missing does not compile. */
const CONTENTS: Readonly<Record<ChangeName, ComponentType<ContentProps>>> = {
  inline_policy: Images,
  assume_role_policy: Images,
  resource_policy: Images,
  sts_resource_policy: Images,
  managed_policy: AttachmentChange,
  permissions_boundary: BoundaryChange,
  resource_tag: TagChange,
  role_access: AccessChange,
  role_create: RoleChange,
  role_delete: RoleChange,
};

/** What a change does, in the way that suits its type. */
export function ChangeContent({ type, ...content }: ContentProps & { type: ChangeName }) {
  // A newer service may know types that this page does not: what is written is shown all the same.
  const known: Readonly<Partial<Record<string, ComponentType<ContentProps>>>> = CONTENTS;
  const Content = known[type] ?? Images;
  return <Content {...content} />;
}
