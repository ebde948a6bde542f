import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Tabs from '@cloudscape-design/components/tabs';
import TextFilter from '@cloudscape-design/components/text-filter';
import Toggle from '@cloudscape-design/components/toggle';
import TokenGroup from '@cloudscape-design/components/token-group';
import type { ReactNode } from 'react';
import type { RequestRow, RequestTabs } from '@/api/types';
import { InAppButton } from '@/components/in-app-button';
import { EmptyState } from '@/components/empty-state';
import { COLUMNS } from '@/features/requests/components/request-columns';
import {
  EVERY_STATE,
  EVERYTHING,
  isNarrowed,
  STATE_FILTERS,
  type TableView,
  TABS,
} from '@/features/requests/lib/table-view';
import { useDelayedText } from '@/lib/use-delayed-text';

const count = new Intl.NumberFormat('en');

export interface ShownRequests {
  rows: readonly RequestRow[];
  /** All that the filters leave; null when nobody counted. */
  matching: number | null;
  tabs: RequestTabs | null;
  more: boolean;
}

interface Props {
  view: TableView;
  shown: ShownRequests | undefined;
  busy: boolean;
  loadingMore: boolean;
  failure: ReactNode;
  onChange: (view: TableView) => void;
  onReload: () => void;
  onMore: () => void;
  newRequest: ReactNode;
}

function Filters({ view, shown, onChange }: Pick<Props, 'view' | 'shown' | 'onChange'>) {
  const [text, setText] = useDelayedText(view.text, (next) => onChange({ ...view, text: next }));
  const columns = Object.entries(view.columns);
  const found = shown?.matching ?? null;
  return (
    <SpaceBetween size="xs">
      <div className="filters">
        <TextFilter
          filteringText={text}
          filteringPlaceholder="Requester, ARN, title, id or justification"
          filteringAriaLabel="Search the requests"
          filteringClearAriaLabel="Clear the search"
          countText={found === null ? '' : `${count.format(found)} found`}
          onChange={({ detail }) => setText(detail.filteringText)}
        />
        <div className="choice">
          <Select
            selectedOption={{ value: view.status.id, label: view.status.text }}
            options={STATE_FILTERS.map(({ id, text: label }) => ({ value: id, label }))}
            selectedAriaLabel="Chosen"
            ariaLabel="Status"
            onChange={({ detail }) =>
              onChange({
                ...view,
                status: STATE_FILTERS.find(({ id }) => id === detail.selectedOption.value) ?? EVERY_STATE,
              })
            }
          />
        </div>
        <Box padding={{ top: 'xxs' }}>
          <Toggle checked={view.temporary} onChange={({ detail }) => onChange({ ...view, temporary: detail.checked })}>
            Only with an end
          </Toggle>
        </Box>
      </div>
      {columns.length > 0 && (
        <TokenGroup
          items={columns.map(([column, expression]) => ({
            label: `${column} matches ${expression}`,
            dismissLabel: `Do not filter by ${column}`,
          }))}
          onDismiss={({ detail }) =>
            onChange({ ...view, columns: Object.fromEntries(columns.filter((_, at) => at !== detail.itemIndex)) })
          }
        />
      )}
    </SpaceBetween>
  );
}

const NOTHING: Readonly<Record<TableView['tab'], { title: string; text: string }>> = {
  all: {
    title: 'Nobody has asked for anything yet',
    text: 'A request asks for a permission. Somebody else reviews it, and then it is applied.',
  },
  review: { title: 'Nothing waits for you', text: 'Requests that you may decide about appear here.' },
  mine: { title: 'You have not asked for anything yet', text: 'Your requests and drafts appear here.' },
};

function Empty({ view, onChange, newRequest }: Pick<Props, 'view' | 'onChange' | 'newRequest'>) {
  if (isNarrowed(view))
    return (
      <EmptyState
        title="No request matches"
        action={<Button onClick={() => onChange({ ...EVERYTHING, tab: view.tab })}>Show all requests</Button>}
      />
    );
  const { title, text } = NOTHING[view.tab];
  return (
    <EmptyState title={title} action={view.tab === 'review' ? undefined : newRequest}>
      {text}
    </EmptyState>
  );
}

function More({ shown, loadingMore, onMore }: { shown: ShownRequests } & Pick<Props, 'loadingMore' | 'onMore'>) {
  const all = shown.matching === null ? '' : ` of ${count.format(shown.matching)}`;
  return (
    <Box textAlign="center">
      <SpaceBetween size="xs">
        <Box color="text-body-secondary">{`The newest ${count.format(shown.rows.length)}${all}`}</Box>
        <Button loading={loadingMore} onClick={onMore}>
          Show more
        </Button>
      </SpaceBetween>
    </Box>
  );
}

export function RequestsTable(props: Props) {
  const { view, shown, busy, loadingMore, failure, onChange, onReload, onMore, newRequest } = props;
  const tabs = shown?.tabs ?? null;
  return (
    <Table
      variant="full-page"
      stickyHeader
      wrapLines
      contentDensity="compact"
      items={shown?.rows ?? []}
      trackBy="request_id"
      columnDefinitions={COLUMNS}
      ariaLabels={{ tableLabel: 'Requests' }}
      loading={shown === undefined && failure === null}
      loadingText="Loading the requests"
      header={
        <SpaceBetween size="s">
          <Header
            variant="awsui-h1-sticky"
            description="Who asked for what, and what came of it."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Load the requests again" loading={busy} onClick={onReload} />
                <InAppButton to="/requests/rules">Who must approve</InAppButton>
                {newRequest}
              </SpaceBetween>
            }
          >
            Requests
          </Header>
          {failure}
          <Tabs
            ariaLabel="Whose requests"
            disableContentPaddings
            activeTabId={view.tab}
            tabs={TABS.map(({ id, text }) => ({
              id,
              label: tabs === null ? text : `${text} (${count.format(tabs[id])})`,
            }))}
            onChange={({ detail }) =>
              onChange({ ...view, tab: TABS.find(({ id }) => id === detail.activeTabId)?.id ?? 'all' })
            }
          />
        </SpaceBetween>
      }
      filter={<Filters view={view} shown={shown} onChange={onChange} />}
      footer={shown?.more === true ? <More shown={shown} loadingMore={loadingMore} onMore={onMore} /> : undefined}
      empty={shown === undefined ? undefined : <Empty view={view} onChange={onChange} newRequest={newRequest} />}
    />
  );
}
