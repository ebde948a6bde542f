import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { TimeRange } from '@/features/audit/components/time-range';
import { type ActivityFilter, EVERYTHING, isNarrowed, OUTCOMES } from '@/features/audit/lib/activity-filter';

const ANY = { value: '', label: 'Any outcome' };
const CHOICES = [
  ANY,
  ...OUTCOMES.map((value) => ({ value, label: value.replace(/^./, (letter) => letter.toUpperCase()) })),
];
const FIELDS: [keyof Pick<ActivityFilter, 'person' | 'action' | 'target' | 'text'>, string, string][] = [
  ['person', 'Person', 'ana@example.com'],
  ['action', 'Action', 'credentials'],
  ['target', 'Target', 'arn:aws:iam::111122223333:role/*'],
  ['text', 'Words', 'anywhere in the entry'],
];

interface Props {
  filter: ActivityFilter;
  onSearch: (filter: ActivityFilter) => void;
}

/** Nothing is asked while somebody types: each question may read thousands of entries. */
export function ActivityFilters({ filter, onSearch }: Props) {
  const [draft, setDraft] = useState(filter);
  const chosen = CHOICES.find(({ value }) => value === draft.outcome) ?? ANY;
  return (
    <form
      role="search"
      aria-label="Search the audit log"
      className="audit-filters"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(draft);
      }}
    >
      <FormField label="Time">
        <TimeRange value={draft} onChange={(times) => setDraft({ ...draft, ...times })} />
      </FormField>
      {FIELDS.map(([name, label, placeholder]) => (
        <FormField key={name} label={label}>
          <Input
            value={draft[name]}
            placeholder={placeholder}
            autoComplete={false}
            spellcheck={false}
            onChange={({ detail }) => setDraft({ ...draft, [name]: detail.value })}
          />
        </FormField>
      ))}
      <FormField label="Outcome">
        <Select
          selectedOption={chosen}
          options={CHOICES}
          selectedAriaLabel="Chosen"
          onChange={({ detail }) => setDraft({ ...draft, outcome: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <div className="audit-buttons">
        <Button formAction="submit" variant="primary">
          Search
        </Button>
        {isNarrowed(filter) && (
          <Button
            formAction="none"
            onClick={() => {
              setDraft({ ...EVERYTHING, last: filter.last, since: filter.since, until: filter.until });
              onSearch({ ...EVERYTHING, last: filter.last, since: filter.since, until: filter.until });
            }}
          >
            Clear
          </Button>
        )}
      </div>
    </form>
  );
}
