import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import { type ActivityFilter, LASTS } from '@/features/audit/lib/activity-filter';

type Times = Pick<ActivityFilter, 'last' | 'since' | 'until'>;
const UNITS: Readonly<Record<string, DateRangePickerProps.TimeUnit>> = { h: 'hour', d: 'day' };

function relative(last: string): DateRangePickerProps.RelativeOption {
  return { type: 'relative', key: last, amount: Number.parseInt(last), unit: UNITS[last.slice(-1)] ?? 'day' };
}

const OPTIONS = LASTS.map(relative);

function valueOf({ last, since, until }: Times): DateRangePickerProps.Value {
  if (last !== '') return relative(last);
  const date = (epoch: number) => new Date(epoch * 1000).toISOString();
  return { type: 'absolute', startDate: date(since ?? 0), endDate: date(until ?? Date.now() / 1000) };
}

function timesOf(value: DateRangePickerProps.Value): Times {
  if (value.type === 'relative') {
    return { last: `${String(value.amount)}${value.unit.startsWith('h') ? 'h' : 'd'}`, since: null, until: null };
  }
  const epoch = (date: string) => Math.floor(Date.parse(date) / 1000);
  return { last: '', since: epoch(value.startDate), until: epoch(value.endDate) };
}

/** The last days, or from one moment to another. */
export function TimeRange({ value, onChange }: { value: Times; onChange: (times: Times) => void }) {
  return (
    <DateRangePicker
      value={valueOf(value)}
      relativeOptions={OPTIONS}
      customRelativeRangeUnits={[]}
      rangeSelectorMode="default"
      showClearButton={false}
      expandToViewport
      placeholder="Time"
      getTimeOffset={(date) => -date.getTimezoneOffset()}
      isValidRange={(range) =>
        range?.type === 'absolute' && !(Date.parse(range.startDate) <= Date.parse(range.endDate))
          ? { valid: false, errorMessage: 'The time must end after it begins.' }
          : range?.type === 'relative' && !LASTS.includes(timesOf(range).last)
            ? { valid: false, errorMessage: 'Choose one of the times above, or name both ends.' }
            : { valid: true }
      }
      i18nStrings={{
        formatRelativeRange: ({ amount, unit }) =>
          `Last ${amount === 1 ? '' : `${String(amount)} `}${unit}${amount === 1 ? '' : 's'}`,
      }}
      onChange={({ detail }) => {
        if (detail.value !== null) onChange(timesOf(detail.value));
      }}
    />
  );
}
