import type { ReviewChange } from '@/api/types';

export type ChangeName = ReviewChange['change_type'];

/** What each type of change is called. A new type does not compile until it has a name here. */
export const CHANGE_NAMES: Readonly<Record<ChangeName, string>> = {
  inline_policy: 'Inline policy',
  managed_policy: 'Managed policy',
  permissions_boundary: 'Permissions boundary',
  assume_role_policy: 'Trust policy',
  resource_policy: 'Resource policy',
  sts_resource_policy: 'Trust policy of a role elsewhere',
  resource_tag: 'Tag',
  role_access: 'Access to a role',
  role_create: 'New role',
  role_delete: 'Removal of a role',
};

/** Types whose wish is one policy document, which can be edited while it is reviewed. */
const DOCUMENTS: ReadonlySet<ChangeName> = new Set([
  'inline_policy',
  'assume_role_policy',
  'resource_policy',
  'sts_resource_policy',
]);

export function holdsDocument(name: ChangeName): boolean {
  return DOCUMENTS.has(name);
}
