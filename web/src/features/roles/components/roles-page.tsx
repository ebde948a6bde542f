import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { eligibleRolesQuery } from '@/api/queries/eligible-roles';
import { AwaitData } from '@/components/await-data';
import { EmptyState } from '@/components/empty-state';
import { NoRoles } from '@/features/roles/components/no-roles';
import { RolesTable } from '@/features/roles/components/roles-table';
import { readRoleLink } from '@/features/roles/lib/role-links';
import { isOfKind, type RoleKind, type RoleRow, search, toRoleRow } from '@/features/roles/lib/role-rows';
import { readStored, writeStored } from '@/lib/browser-storage';
import { usePageTitle } from '@/lib/page-title';

const VIEW_KEY = 'consoleme.roles-view';
type View = 'accounts' | 'list';

function firstKind(rows: readonly RoleRow[], found: readonly RoleRow[]): RoleKind {
  // A link may name a role that is for the command line only: then that is what is shown.
  const shown = found.length > 0 ? found : rows;
  return shown.length > 0 && shown.every((row) => row.role.cli_only) ? 'cli-only' : 'console';
}

function useRoleFilter(rows: readonly RoleRow[], linked: string) {
  const [text, setText] = useState(linked);
  const [chosen, setChosen] = useState<RoleKind | null>(null);
  const deferred = useDeferredValue(text);
  const kind = chosen ?? firstKind(rows, search(rows, linked));
  const shown = useMemo(
    () =>
      search(
        rows.filter((row) => isOfKind(row, kind)),
        deferred,
      ),
    [rows, kind, deferred],
  );
  return { text, setText, kind, setKind: setChosen, shown };
}

export function RolesPage() {
  usePageTitle('Roles');
  const roles = useQuery(eligibleRolesQuery);
  const rows = useMemo(() => (roles.data?.data ?? []).map(toRoleRow), [roles.data]);
  return (
    <AwaitData query={roles} what="your roles">
      {() => <LoadedRoles rows={rows} busy={roles.isFetching} onReload={() => void roles.refetch()} />}
    </AwaitData>
  );
}

interface Props {
  rows: readonly RoleRow[];
  busy: boolean;
  onReload: () => void;
}

function LoadedRoles({ rows, busy, onReload }: Props) {
  const [params] = useSearchParams();
  const link = readRoleLink(params);
  const filter = useRoleFilter(rows, link.text);
  const [view, setView] = useState<View>(() => (readStored(localStorage, VIEW_KEY) === 'list' ? 'list' : 'accounts'));
  if (rows.length === 0) return <NoRoles onReload={onReload} busy={busy} />;
  const count = (kind: RoleKind) => rows.filter((row) => isOfKind(row, kind)).length;
  return (
    <RolesTable
      rows={filter.shown}
      grouped={view === 'accounts'}
      searched={filter.text.trim()}
      passedOn={link.passedOn}
      header={
        <SpaceBetween size="s">
          <Header
            variant="awsui-h1-sticky"
            counter={`(${String(filter.shown.length)})`}
            description="Open the AWS console, or take credentials for the command line."
            actions={<Button iconName="refresh" ariaLabel="Load the roles again" loading={busy} onClick={onReload} />}
          >
            Your roles
          </Header>
          {link.warning !== null && <Alert type="warning">{link.warning}</Alert>}
        </SpaceBetween>
      }
      filter={
        <div className="filters">
          <TextFilter
            filteringText={filter.text}
            filteringPlaceholder="Account, role, ARN or reason"
            filteringAriaLabel="Search your roles"
            filteringClearAriaLabel="Clear the search"
            countText={`${String(filter.shown.length)} found`}
            onChange={({ detail }) => filter.setText(detail.filteringText)}
          />
          <SegmentedControl
            label="Which roles"
            selectedId={filter.kind}
            options={[
              { id: 'console', text: `Console (${String(count('console'))})` },
              { id: 'cli-only', text: `CLI only (${String(count('cli-only'))})` },
              { id: 'all', text: `All (${String(count('all'))})` },
            ]}
            onChange={({ detail }) => filter.setKind(detail.selectedId as RoleKind)}
          />
          <SegmentedControl
            label="How to show them"
            selectedId={view}
            options={[
              { id: 'accounts', text: 'By account' },
              { id: 'list', text: 'List' },
            ]}
            onChange={({ detail }) => {
              setView(detail.selectedId as View);
              writeStored(localStorage, VIEW_KEY, detail.selectedId);
            }}
          />
        </div>
      }
      empty={
        <EmptyState
          title="No role matches"
          action={<Button onClick={() => filter.setText('')}>Show all of them</Button>}
        >
          Each word must occur in the account, the role, its ARN or the reason. You have {rows.length} roles in all,{' '}
          {count('cli-only')} of them for the command line only.
        </EmptyState>
      }
    />
  );
}
