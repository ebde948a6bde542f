import Pagination from '@cloudscape-design/components/pagination';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { type ReactNode, useMemo, useState } from 'react';
import { roleColumns } from '@/features/roles/components/role-columns';
import { groupByAccount, pageOf, type RoleRow, type Row, sortRoles } from '@/features/roles/lib/role-rows';

const PAGE_SIZE = 50;
/** So few roles are shown open at once. */
const OPEN_AT_ONCE = 25;
const COLUMNS = ['role', 'account', 'reasons', 'trust', 'actions'];

interface Props {
  rows: readonly RoleRow[];
  grouped: boolean;
  /** What is searched for. While somebody searches, every account with a hit is open. */
  searched: string;
  passedOn: string;
  header: ReactNode;
  filter: ReactNode;
  empty: ReactNode;
}

function useExpansion(rows: readonly Row[], open: boolean): TableProps.ExpandableRows<Row> {
  // What somebody opened or closed by hand, by account; all others follow `open`.
  const [byHand, setByHand] = useState<ReadonlyMap<string, boolean>>(new Map());
  return {
    getItemChildren: (row) => (row.kind === 'account' ? row.roles : []),
    isItemExpandable: (row) => row.kind === 'account',
    expandedItems: rows.filter((row) => byHand.get(row.id) ?? open),
    onExpandableItemToggle: ({ detail }) => setByHand(new Map(byHand).set(detail.item.id, detail.expanded)),
  };
}

/** The page somebody turned to, as long as the same is searched and shown; else the first. */
function usePage(scope: string): [number, (page: number) => void] {
  const [turned, setTurned] = useState({ scope, page: 1 });
  return [turned.scope === scope ? turned.page : 1, (page) => setTurned({ scope, page })];
}

export function RolesTable({ rows, grouped, searched, passedOn, header, filter, empty }: Props) {
  const [wanted, setWanted] = usePage(`${String(grouped)}:${searched}`);
  const roots = useMemo((): readonly Row[] => (grouped ? groupByAccount(rows) : sortRoles(rows)), [rows, grouped]);
  const columns = useMemo(() => roleColumns(passedOn), [passedOn]);
  const { items, page, pages } = pageOf(roots, wanted, PAGE_SIZE);
  const expansion = useExpansion(roots, searched !== '' || rows.length <= OPEN_AT_ONCE);
  return (
    <Table
      variant="full-page"
      stickyHeader
      wrapLines
      contentDensity="compact"
      items={items}
      trackBy="id"
      columnDefinitions={columns}
      columnDisplay={COLUMNS.map((id) => ({ id, visible: !grouped || id !== 'account' }))}
      expandableRows={grouped ? expansion : undefined}
      header={header}
      filter={filter}
      empty={empty}
      ariaLabels={{
        tableLabel: 'Your roles',
        expandButtonLabel: (row) => `Show the roles of ${row.kind === 'account' ? row.name : row.id}`,
        collapseButtonLabel: (row) => `Hide the roles of ${row.kind === 'account' ? row.name : row.id}`,
      }}
      pagination={
        pages > 1 ? (
          <Pagination
            currentPageIndex={page}
            pagesCount={pages}
            onChange={({ detail }) => setWanted(detail.currentPageIndex)}
            ariaLabels={{
              paginationLabel: 'Pages of roles',
              nextPageLabel: 'Next page',
              previousPageLabel: 'Previous page',
              pageLabel: (number) => `Page ${String(number)}`,
            }}
          />
        ) : undefined
      }
    />
  );
}
