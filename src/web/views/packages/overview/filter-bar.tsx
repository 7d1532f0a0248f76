import type { ComponentChildren } from 'preact';
import type { Filter } from './filters.ts';

interface FilterBarProps {
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly filters: readonly Filter[];
  /** Key of the filter in force. */
  readonly selected: string;
  readonly onSelect: (key: string) => void;
  readonly order: string | undefined;
  readonly onOrder: (order: string | undefined) => void;
  /** Buttons for ticked packages. */
  readonly children: ComponentChildren;
}

const ORDERS = [
  ['', 'Newest first, with versions'],
  ['return', 'Worst first'],
  ['-return', 'Best first'],
  ['-drawdown', 'Deepest drawdown first'],
  ['-lots', 'Most lots first'],
  ['poll', 'Longest without a poll first'],
  ['name', 'By name'],
] as const;

/** Search, filters and order of the overview. */
export function FilterBar({
  search,
  onSearch,
  filters,
  selected,
  onSelect,
  order,
  onOrder,
  children,
}: FilterBarProps) {
  return (
    <div class="filter-bar">
      <input
        class="input"
        type="search"
        aria-label="Search packages by name, tag, note or hash"
        placeholder="Search name, tag, note, hash"
        value={search}
        onInput={({ currentTarget }) => onSearch(currentTarget.value)}
      />
      <fieldset class="row filter-chips">
        <legend class="visually-hidden">Show</legend>
        {filters.map(({ key, label, count }) => (
          <button
            key={key}
            type="button"
            class="filter-chip user-text"
            aria-pressed={key === selected}
            onClick={() => onSelect(key)}
          >
            {`${label} ${count}`}
          </button>
        ))}
      </fieldset>
      <label class="order-select">
        <span class="visually-hidden">Order</span>
        <select
          value={order ?? ''}
          onChange={({ currentTarget }) => onOrder(currentTarget.value || undefined)}
        >
          {ORDERS.map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
          {order !== undefined && !ORDERS.some(([key]) => key === order) && (
            <option value={order}>By the column with the arrow</option>
          )}
        </select>
      </label>
      <div class="row">{children}</div>
    </div>
  );
}
