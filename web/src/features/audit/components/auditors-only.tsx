import type { ReactNode } from 'react';
import { useProfile } from '@/api/queries/user-profile';
import { isPageEnabled } from '@/api/site';
import { EmptyState } from '@/components/empty-state';

/** The service decides about each call; this only says so before one is made. */
export function AuditorsOnly({ children }: { children: ReactNode }) {
  if (isPageEnabled(useProfile(), 'audit')) return children;
  return (
    <EmptyState title="You may not see the audit log">
      It needs the permission can_audit. An administrator grants it, in the section groups of the configuration.
    </EmptyState>
  );
}
