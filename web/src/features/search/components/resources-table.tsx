import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactNode } from 'react';
import { EmptyState } from '@/components/empty-state';
import { TimeText } from '@/components/time-text';
import { useTableExport } from '@/features/search/api/search';
import { FilterHelp } from '@/features/search/components/filter-help';
import { columns, type Troubled } from '@/features/search/components/resource-columns';
import { KINDS } from '@/features/search/lib/kinds';
import { FIRST, isNarrowed, PAGE_SIZE, type Shown, SORTS, type TableView } from '@/features/search/lib/table-view';
import { useDelayedText } from '@/lib/use-delayed-text';

const count = new Intl.NumberFormat('en');

interface Props {
  view: TableView;
  shown: Shown | undefined;
  troubled: Troubled;
  /** Nothing is there yet. */
  loading: boolean;
  /** Something is there, and newer is on its way. */
  busy: boolean;
  failure: ReactNode;
  onChange: (view: TableView) => void;
  onReload: () => void;
}

function ExportButton({ view, disabled }: { view: TableView; disabled: boolean }) {
  const run = useTableExport();
  return (
    <ButtonDropdown
      loading={run.isPending}
      loadingText="Exporting"
      disabled={disabled}
      items={[
        { id: 'csv', text: 'CSV', secondaryText: 'For a spreadsheet' },
        { id: 'json', text: 'JSON', secondaryText: 'For a program' },
      ]}
      onItemClick={({ detail }) => run.mutate({ view, form: detail.id === 'json' ? 'json' : 'csv' })}
    >
      Export all that fit
    </ButtonDropdown>
  );
}

function Filters({ view, shown, onChange }: Pick<Props, 'view' | 'shown' | 'onChange'>) {
  const [text, setText] = useDelayedText(view.text, (next) => onChange({ ...view, ...FIRST, text: next }));
  return (
    <div className="filters">
      <TextFilter
        filteringText={text}
        filteringPlaceholder="Words, name:…, account:…, tag:key=value, /expression/"
        filteringAriaLabel="Search the resources"
        filteringClearAriaLabel="Clear the search"
        countText={shown === undefined ? '' : `${count.format(shown.matching)} found`}
        onChange={({ detail }) => setText(detail.filteringText)}
      />
      <FilterHelp />
      <div className="choice">
        <Select
          selectedOption={KINDS.find(({ value }) => value === view.kind) ?? KINDS[0]}
          options={KINDS}
          selectedAriaLabel="Chosen"
          ariaLabel="Type"
          onChange={({ detail }) => onChange({ ...view, ...FIRST, kind: detail.selectedOption.value ?? '' })}
        />
      </div>
    </div>
  );
}

/** Forwards and backwards: where a page begins is the place of a row, which new resources do not shift. */
function Pages({ view, shown, onChange }: { view: TableView; shown: Shown; onChange: (view: TableView) => void }) {
  const begin = (view.page - 1) * PAGE_SIZE + 1;
  const end = Math.min(begin + shown.rows.length - 1, shown.matching);
  const { previous, next } = shown;
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <Box color="text-body-secondary">{`${count.format(begin)}–${count.format(end)} of ${count.format(shown.matching)}`}</Box>
      <Button
        variant="icon"
        iconName="angle-left"
        ariaLabel="Previous page"
        disabled={previous === null}
        onClick={() => previous !== null && onChange(previous)}
      />
      <Button
        variant="icon"
        iconName="angle-right"
        ariaLabel="Next page"
        disabled={next === null}
        onClick={() => next !== null && onChange(next)}
      />
    </SpaceBetween>
  );
}

function Empty({ view, shown, onChange }: { view: TableView; shown: Shown; onChange: (view: TableView) => void }) {
  if (shown.matching > 0)
    return (
      <EmptyState
        title="There is nothing behind this place"
        action={<Button onClick={() => onChange({ ...view, ...FIRST })}>Show the first page</Button>}
      >
        Resources went away since the link was made.
      </EmptyState>
    );
  if (isNarrowed(view))
    return (
      <EmptyState
        title="No resource fits"
        action={<Button onClick={() => onChange({ ...view, ...FIRST, text: '', kind: '' })}>Show all resources</Button>}
      >
        All words must fit. The sign beside the search says how to write them.
      </EmptyState>
    );
  return (
    <EmptyState title="No resource is known yet">
      The first refresh reads what is in your accounts; the page Inventory shows how it is going.
    </EmptyState>
  );
}

export function ResourcesTable({ view, shown, troubled, loading, busy, failure, onChange, onReload }: Props) {
  const definitions = columns(troubled);
  return (
    <Table
      variant="full-page"
      stickyHeader
      wrapLines
      contentDensity="compact"
      items={shown?.rows ?? []}
      trackBy="arn"
      columnDefinitions={definitions}
      ariaLabels={{ tableLabel: 'Resources' }}
      loading={loading}
      loadingText="Looking for resources"
      sortingColumn={definitions.find(({ sortingField }) => sortingField === view.sort) ?? { sortingField: view.sort }}
      sortingDescending={view.descending}
      onSortingChange={({ detail }) =>
        onChange({
          ...view,
          ...FIRST,
          sort: SORTS.find((known) => known === detail.sortingColumn.sortingField) ?? 'arn',
          descending: detail.isDescending === true,
        })
      }
      header={
        <SpaceBetween size="s">
          <Header
            variant="awsui-h1-sticky"
            counter={shown === undefined ? undefined : `(${count.format(shown.total)})`}
            description={
              shown === undefined || shown.asOf === null ? (
                'Everything that is known in your accounts.'
              ) : (
                <>
                  Everything that is known in your accounts: indexed <TimeText at={shown.asOf} />, with every change
                  since.
                </>
              )
            }
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Search again" loading={busy} onClick={onReload} />
                <ExportButton view={view} disabled={shown === undefined || shown.matching === 0} />
              </SpaceBetween>
            }
          >
            Resources
          </Header>
          {failure}
        </SpaceBetween>
      }
      filter={<Filters view={view} shown={shown} onChange={onChange} />}
      pagination={
        shown !== undefined && shown.rows.length > 0 ? (
          <Pages view={view} shown={shown} onChange={onChange} />
        ) : undefined
      }
      empty={shown === undefined ? undefined : <Empty view={view} shown={shown} onChange={onChange} />}
    />
  );
}
