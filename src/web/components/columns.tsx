import type { ComponentChildren } from 'preact';
import { NO_VALUE } from '../format/numbers.ts';
import { StateBadge, type StateLabels } from './status-badges.tsx';
import { Time } from './time.tsx';

/** A column of a DataTable. */
export interface Column<Row> {
  readonly label: string;
  /** Identifies the column in its table; the label unless given. */
  readonly key?: string;
  /** Shown after the label: USDT, %, UTC. */
  readonly unit?: string | undefined;
  /** What rows are sorted by; without it the column cannot be sorted. */
  readonly value?: (row: Row) => string | number | null | undefined;
  /** What a cell shows; the value unless given. Text that changes with time, like an age, has to be a component. */
  readonly cell?: (row: Row) => ComponentChildren;
  /** Numbers are right-aligned. */
  readonly isNumber?: boolean;
  /** Hidden on phones. */
  readonly isDesktopOnly?: boolean;
  /** Shown on phones only, for example a summary of columns that are hidden there. */
  readonly isPhoneOnly?: boolean;
}

type ColumnOptions = Pick<Column<never>, 'key' | 'unit' | 'isDesktopOnly'>;

type Read<Row, Value> = (row: Row) => Value | null | undefined;

/** A column of numbers. */
export function numberColumn<Row>(
  label: string,
  value: Read<Row, number>,
  format: (value: number | null | undefined) => ComponentChildren,
  options: ColumnOptions = {},
): Column<Row> {
  return { label, value, isNumber: true, cell: (row) => format(value(row)), ...options };
}

/** A column of text from files or people, which may be long. */
export function textColumn<Row>(
  label: string,
  value: Read<Row, string>,
  options: ColumnOptions = {},
): Column<Row> {
  return { label, value, cell: (row) => <span class="user-text">{value(row) ?? NO_VALUE}</span>, ...options };
}

/** A column of names that link to their own views, where they have one. */
export function linkColumn<Row>(
  label: string,
  value: (row: Row) => string,
  address: (row: Row) => string | undefined,
): Column<Row> {
  const cell = (row: Row) => {
    const [href, text] = [address(row), value(row)];
    return href === undefined ? (
      <span class="name">{text}</span>
    ) : (
      <a class="name" {...{ href }} children={text} />
    );
  };
  return { label, value, cell };
}

/** A column of states, as badges. */
export function stateColumn<Row, State extends string>(
  label: string,
  value: (row: Row) => State,
  labels: StateLabels<State>,
): Column<Row> {
  return { label, value, cell: (row) => <StateBadge labels={labels} state={value(row)} /> };
}

interface TimeColumnOptions extends ColumnOptions {
  /** As in Time. */
  readonly show?: 'minute' | 'age' | 'both';
  readonly missing?: string;
}

/** A column of instants. */
export function timeColumn<Row>(
  label: string,
  value: Read<Row, string | number>,
  { show = 'minute', missing, ...options }: TimeColumnOptions = {},
): Column<Row> {
  const cell = (row: Row) => <Time at={value(row)} show={show} missing={missing} />;
  return { label, value, cell, unit: show === 'age' ? undefined : 'UTC', ...options };
}
