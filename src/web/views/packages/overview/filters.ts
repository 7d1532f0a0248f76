import { counted } from '../../../format/numbers.ts';
import type { PackageRow } from './package-rows.ts';
import type { StateKind } from './package-state.ts';

/** A filter of the overview. */
export interface Filter {
  /** In the address: a state, or `#` and a tag; '' means all that are not archived. */
  readonly key: string;
  readonly label: string;
  readonly count: number;
}

const STATES: readonly (readonly [kind: StateKind, label: string])[] = [
  ['trading', 'Trading'],
  ['warming', 'Warming up'],
  ['trouble', 'In trouble'],
  ['paused', 'Paused'],
  ['killed', 'Killed'],
];

/** More tags are found by the search. */
const MAX_TAGS = 6;

/** The filters that let some rows through: all, by state, by tag, and the archived ones. */
export function filtersOf(rows: readonly PackageRow[]): readonly Filter[] {
  const filter = (key: string, label: string): Filter => ({
    key,
    label,
    count: rows.filter((row) => isShown(row, key)).length,
  });
  const filters = [
    filter('', 'All'),
    ...STATES.map(([kind, label]) => filter(kind, label)),
    filter('doubt', 'With a warning'),
    ...tagsOf(rows).map((tag) => filter(`#${tag}`, `#${tag}`)),
    filter('archived', 'Archived'),
  ];
  return filters.filter(({ key, count }) => key === '' || count > 0);
}

function tagsOf(rows: readonly PackageRow[]): string[] {
  const counts = new Map<string, number>();
  const active = rows.filter(({ state }) => state.kind !== 'archived');
  for (const tag of active.flatMap(({ one }) => one.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .sort(([a, many], [b, few]) => few - many || a.localeCompare(b))
    .slice(0, MAX_TAGS)
    .map(([tag]) => tag);
}

/** Whether a filter lets a row through. Archived packages are shown by their own filter only. */
export function isShown({ one, state }: PackageRow, key: string): boolean {
  if (state.kind === 'archived') return key === 'archived';
  if (key === '') return true;
  if (key === 'doubt') return state.doubt !== null;
  return key.startsWith('#') ? one.tags.includes(key.slice(1)) : state.kind === key;
}

/** The packages by what they do: `3 packages trade, 1 is killed, 1 has a warning`; undefined where nothing is to be said. */
export function totalsByState(rows: readonly PackageRow[]): string | undefined {
  const count = (key: string) => rows.filter((row) => isShown(row, key)).length;
  const parts = [
    [count('trading'), 'trades', 'trade'],
    [count('warming'), 'warms up', 'warm up'],
    [count('trouble'), 'is in trouble', 'are in trouble'],
    [count('paused'), 'is paused', 'are paused'],
    [count('killed'), 'is killed', 'are killed'],
    [count('doubt'), 'has a warning', 'have a warning'],
  ] as const;
  const said = parts
    .filter(([number]) => number > 0)
    .map(([number, one, many], place) =>
      place === 0 ? counted(number, `package ${one}`, `packages ${many}`) : counted(number, one, many),
    );
  return said.length === 0 ? undefined : `${said.join(', ')}.`;
}
