import type { ComponentChildren } from 'preact';
import { FilterSelect } from '../../../components/filter-select.tsx';
import { now } from '../../../data/clock.ts';
import { useQuery } from '../../../data/use-query.ts';
import { DAY_MS, isoDay } from '../../../format/time.ts';
import type { Query } from '../../../views.ts';
import type { RecordView } from './record-view.ts';

/** Options of a filter: value and label. */
export type FilterOptions = readonly (readonly [value: string, label: string])[];

export const SIDES: FilterOptions = [
  ['long', 'Long'],
  ['short', 'Short'],
];
export const RESULTS: FilterOptions = [
  ['won', 'Won'],
  ['lost', 'Lost'],
];
export const TIME_SORTS: FilterOptions = [['oldest', 'Oldest']];
export const RESULT_SORTS: FilterOptions = [
  ['worst', 'Largest loss'],
  ['best', 'Largest gain'],
  ['oldest', 'Oldest'],
];

interface FiltersProps {
  readonly view: RecordView;
  /** The selects, each with its name in the address; those of date and order are added. */
  readonly selects: readonly (readonly [
    name: 'side' | 'result' | 'reason' | 'action' | 'kind',
    label: string,
    options: FilterOptions,
  ])[];
  readonly sorts: FilterOptions;
  /** When the records end, ms since the epoch; now unless given. */
  readonly until: number | undefined;
  readonly children?: ComponentChildren;
}

/** What restricts and sorts a list, in one line and in the address. */
export function Filters({ view, selects, sorts, until, children }: FiltersProps) {
  const { change } = useQuery();
  const set = (changes: Query) => change({ ...changes, page: undefined });
  return (
    <div class="filters">
      {selects.map(([name, label, options]) => (
        <FilterSelect
          key={name}
          {...{ label, options }}
          value={view[name]}
          onChange={(value) => set({ [name]: value })}
        />
      ))}
      <DateFilter view={view} until={until} onChange={set} />
      <FilterSelect label="Newest" options={sorts} value={view.sort} onChange={(sort) => set({ sort })} />
      {children}
    </div>
  );
}

interface DateFilterProps extends Pick<FiltersProps, 'view' | 'until'> {
  readonly onChange: (changes: Query) => void;
}

function DateFilter({ view: { from, to }, until, onChange }: DateFilterProps) {
  const dayBefore = (days: number) => isoDay((until ?? now.peek()) - days * DAY_MS);
  const known = to === undefined ? [1, 7].find((days) => from === dayBefore(days)) : undefined;
  const isRange = known === undefined && (from !== undefined || to !== undefined);
  const choose = (value: string | undefined) => {
    if (value === undefined) onChange({ from: undefined, to: undefined });
    else if (value === 'range') onChange({ from: dayBefore(7), to: dayBefore(0) });
    else onChange({ from: dayBefore(Number(value)), to: undefined });
  };
  return (
    <>
      <FilterSelect
        label="Date"
        options={[
          ['1', 'Last day'],
          ['7', 'Last week'],
          ['range', 'Between days'],
        ]}
        value={isRange ? 'range' : known?.toString()}
        onChange={choose}
      />
      {isRange && (
        <span class="filter-days">
          <DayField label="First day, UTC" value={from} onChange={(day) => onChange({ from: day })} />
          <DayField label="Last day, UTC" value={to} onChange={(day) => onChange({ to: day })} />
        </span>
      )}
    </>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

function DayField({ label, value, onChange }: DayFieldProps) {
  return (
    <input
      type="date"
      class="filter-select"
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
