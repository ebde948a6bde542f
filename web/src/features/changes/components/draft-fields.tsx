import type { ComponentType } from 'react';
import { AccessFields } from '@/features/changes/components/access-fields';
import type { FieldsProps } from '@/features/changes/components/fields-props';
import { InlineFields } from '@/features/changes/components/inline-fields';
import { ManagedFields } from '@/features/changes/components/managed-fields';
import { ResourcePolicyFields } from '@/features/changes/components/resource-policy-fields';
import { TagFields } from '@/features/changes/components/tag-fields';
import { TrustFields } from '@/features/changes/components/trust-fields';
import type { DraftType } from '@/features/changes/lib/drafts';

/** The fields of each type that can be asked for: one that is missing does not compile. */
const FIELDS: Readonly<Record<DraftType, ComponentType<FieldsProps>>> = {
  inline_policy: InlineFields,
  managed_policy: ManagedFields,
  permissions_boundary: ManagedFields,
  assume_role_policy: TrustFields,
  resource_policy: ResourcePolicyFields,
  resource_tag: TagFields,
  role_access: AccessFields,
};

export function DraftFields(props: FieldsProps) {
  const Fields = FIELDS[props.draft.type];
  return <Fields {...props} />;
}
