import type { paths } from '@/api/schema';
import type { Answer } from '@/api/types';

export type AuditEntry = Answer<'/api/v2/audit/activity', 'get'>['entries'][number];
export type RoleReview = Answer<'/api/v2/audit/role_access', 'get'>;
export type PersonReview = Answer<'/api/v2/audit/user_access', 'get'>;
export type Asked = NonNullable<paths['/api/v2/audit/activity']['get']['parameters']['query']>;
export type ExportFormat = NonNullable<
  NonNullable<paths['/api/v2/audit/activity/export']['get']['parameters']['query']>['format']
>;
