import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import { chosen, type End, PRESETS } from '@/features/changes/lib/end';
import { nowSeconds } from '@/lib/times';

interface Props {
  label: string;
  end: End;
  fault: string | undefined;
  description?: string;
  /** What "no end" is called; without it an end must be chosen. */
  never?: string;
  /** Whether usual spans are offered; else only a day and a time. */
  spans?: boolean;
  onChange: (end: End) => void;
}

const AT = 'at';
const NEVER = 'never';

function optionOf(end: End): string {
  return end.kind === 'after' ? String(end.seconds) : end.kind;
}

function endOf(option: string): End {
  if (option === NEVER) return { kind: 'never' };
  return option === AT ? chosen(nowSeconds() + 86_400) : { kind: 'after', seconds: Number(option) };
}

/** For how long: a few usual spans, or a day and a time. */
export function EndPicker({ label, end, fault, description, never, spans = true, onChange }: Props) {
  const options: SelectProps.Option[] = [
    ...(never === undefined ? [] : [{ value: NEVER, label: never }]),
    ...(spans ? PRESETS.map(({ seconds, text }) => ({ value: String(seconds), label: text })) : []),
    { value: AT, label: spans ? 'Until a day and time' : 'From a day and time' },
  ];
  return (
    <FormField label={label} description={description} errorText={fault} stretch>
      <SpaceBetween direction="horizontal" size="xs">
        <Select
          selectedOption={options.find(({ value }) => value === optionOf(end)) ?? null}
          options={options}
          placeholder="Choose how long"
          ariaLabel={label}
          selectedAriaLabel="Chosen"
          onChange={({ detail }) => onChange(endOf(detail.selectedOption.value ?? NEVER))}
        />
        {end.kind === 'at' && (
          <>
            <DatePicker
              value={end.date}
              placeholder="YYYY/MM/DD"
              ariaLabel={`${label}: day`}
              i18nStrings={{
                openCalendarAriaLabel: (date) => (date === null ? 'Choose the day' : `Choose the day, now ${date}`),
              }}
              onChange={({ detail }) => onChange({ ...end, date: detail.value })}
            />
            <TimeInput
              value={end.time}
              format="hh:mm"
              placeholder="hh:mm"
              ariaLabel={`${label}: time, by your clock`}
              onChange={({ detail }) => onChange({ ...end, time: detail.value })}
            />
          </>
        )}
      </SpaceBetween>
    </FormField>
  );
}
