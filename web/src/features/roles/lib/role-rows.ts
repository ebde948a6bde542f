import type { EligibleRole } from '@/api/types';
import { linkText } from '@/lib/link-text';

export type RoleKind = 'console' | 'cli-only' | 'all';

/** A role as the tables show it; `haystack` is what the search looks through. */
export interface RoleRow {
  kind: 'role';
  id: string;
  name: string;
  role: EligibleRole;
  haystack: string;
}

export interface AccountRow {
  kind: 'account';
  id: string;
  name: string;
  accountId: string;
  roles: readonly RoleRow[];
}

export type Row = RoleRow | AccountRow;

const byText = new Intl.Collator('en', { sensitivity: 'base', numeric: true });

export function toRoleRow(role: EligibleRole): RoleRow {
  const name = linkText(role.role_name);
  const searched = [name, role.arn, role.account_name, role.account_id, ...role.reasons];
  return { kind: 'role', id: role.arn, name, role, haystack: searched.join('\n').toLowerCase() };
}

export function isOfKind(row: RoleRow, kind: RoleKind): boolean {
  return kind === 'all' || row.role.cli_only === (kind === 'cli-only');
}

/** Every word must occur somewhere; no word means anything but itself. */
export function search(rows: readonly RoleRow[], text: string): readonly RoleRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return words.length === 0 ? rows : rows.filter((row) => words.every((word) => row.haystack.includes(word)));
}

export function sortRoles(rows: readonly RoleRow[]): RoleRow[] {
  return rows.toSorted(
    (left, right) =>
      byText.compare(left.role.account_name, right.role.account_name) ||
      byText.compare(left.name, right.name) ||
      byText.compare(left.id, right.id),
  );
}

export function groupByAccount(rows: readonly RoleRow[]): AccountRow[] {
  const groups = new Map<string, RoleRow[]>();
  for (const row of sortRoles(rows)) {
    const group = groups.get(row.role.account_id);
    if (group === undefined) groups.set(row.role.account_id, [row]);
    else group.push(row);
  }
  return [...groups].map(([accountId, roles]) => ({
    kind: 'account' as const,
    id: `account:${accountId}`,
    name: roles[0]?.role.account_name ?? accountId,
    accountId,
    roles,
  }));
}

/** Page numbers are 1-based; a page that no longer exists becomes the last one. Every item is on exactly one page. */
export function pageOf<Item>(
  items: readonly Item[],
  page: number,
  size: number,
): { items: readonly Item[]; page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const current = Math.min(Math.max(1, page), pages);
  return { items: items.slice((current - 1) * size, current * size), page: current, pages };
}
