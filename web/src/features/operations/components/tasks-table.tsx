import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { EmptyState } from '@/components/empty-state';
import { TimeText } from '@/components/time-text';
import { type Queue, type Task, useRunTask } from '@/features/operations/api/operations';
import { LastError } from '@/features/operations/components/last-error';
import { counted, span } from '@/features/operations/lib/spans';

const LOOKS: Record<Task['state'], [StatusIndicatorProps.Type, string]> = {
  late: ['error', 'Late'],
  failing: ['warning', 'Failing'],
  running: ['in-progress', 'Running'],
  never: ['pending', 'Never ran'],
  ok: ['success', 'Fine'],
  unwatched: ['info', 'By a workflow'],
};
const WORST_FIRST = Object.keys(LOOKS);

function rhythm({ every }: Task): string {
  return every === null ? 'by its queue' : `every ${span(every)}`;
}

function columns(
  queues: ReadonlyMap<string, Queue>,
  running: string | undefined,
  run: (task: string) => void,
): TableProps.ColumnDefinition<Task>[] {
  return [
    {
      id: 'state',
      header: 'State',
      minWidth: 125,
      cell: ({ state }) => <StatusIndicator type={LOOKS[state][0]}>{LOOKS[state][1]}</StatusIndicator>,
    },
    {
      id: 'task',
      header: 'Task',
      isRowHeader: true,
      minWidth: 200,
      cell: ({ name, purpose }) => (
        <>
          <Box fontWeight="bold">{name}</Box>
          <Box fontSize="body-s" color="text-body-secondary">
            {purpose}
          </Box>
        </>
      ),
    },
    {
      id: 'rhythm',
      header: 'Runs',
      minWidth: 95,
      cell: (task) => {
        const queue = queues.get(task.name);
        return (
          <>
            {rhythm(task)}
            {queue !== undefined && <QueueText queue={queue} />}
          </>
        );
      },
    },
    {
      id: 'success',
      header: 'Last success',
      minWidth: 105,
      cell: ({ succeeded_at }) => (succeeded_at === null ? 'Never' : <TimeText at={succeeded_at} />),
    },
    {
      id: 'duration',
      header: 'Took',
      minWidth: 75,
      cell: ({ duration }) => (duration === null ? '–' : span(duration)),
    },
    { id: 'counts', header: 'Counted', minWidth: 110, cell: ({ counts }) => counted(counts) || '–' },
    {
      id: 'error',
      header: 'Last error',
      minWidth: 110,
      cell: ({ name, error, failed_at, failures }) => (
        <LastError what={name} error={error} at={failed_at} failures={failures} />
      ),
    },
    {
      id: 'run',
      header: 'Run',
      minWidth: 110,
      cell: ({ name, runs_on_demand, state }) =>
        runs_on_demand ? (
          <Button
            variant="inline-link"
            ariaLabel={`Run now: ${name}`}
            loading={running === name}
            disabled={state === 'running'}
            onClick={() => run(name)}
          >
            Run now
          </Button>
        ) : (
          '–'
        ),
    },
  ];
}

function QueueText({ queue: { waiting, under_way, dead, error } }: { queue: Queue }) {
  if (error !== null) return <StatusIndicator type="warning">{error}</StatusIndicator>;
  return (
    <>
      <Box>{`${String((waiting ?? 0) + (under_way ?? 0))} waiting`}</Box>
      {dead !== null && dead > 0 && <StatusIndicator type="error">{`${String(dead)} failed for good`}</StatusIndicator>}
    </>
  );
}

interface Props {
  tasks: readonly Task[];
  queues: readonly Queue[];
  toldAt: number;
}

export function TasksTable({ tasks, queues, toldAt }: Props) {
  const run = useRunTask();
  const byTask = new Map(queues.map((queue) => [queue.task, queue]));
  const steps = tasks.filter(({ state }) => state === 'unwatched').map(({ name }) => name);
  const watched = tasks.filter(({ state }) => state !== 'unwatched');
  const ordered = watched.toSorted((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state));
  return (
    <Table
      items={ordered}
      trackBy="name"
      wrapLines
      contentDensity="compact"
      columnDefinitions={columns(byTask, run.isPending ? run.variables : undefined, (task) => run.mutate(task))}
      ariaLabels={{ tableLabel: 'Tasks' }}
      empty={<EmptyState title="No task is declared" />}
      footer={
        steps.length > 0 && (
          <Box fontSize="body-s" color="text-body-secondary">
            Steps, which are told by their workflows: {steps.join(', ')}.
          </Box>
        )
      }
      header={
        <Header
          variant="h2"
          counter={`(${String(watched.length)})`}
          description={
            <>
              Told <TimeText at={toldAt} />. A task is late after three rounds and ten minutes without a success.
            </>
          }
        >
          Tasks
        </Header>
      }
    />
  );
}
