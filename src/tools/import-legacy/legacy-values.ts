import { DAY_MS } from '../../candle.ts';
import { parseUtcTime } from '../../runtime/utc-time.ts';
import { canonicalSymbol, SYMBOL } from '../../symbol.ts';

/** A row of an old table, with values of any type. */
export type LegacyRow = Readonly<Record<string, unknown>>;

const MAX_TEXT_LENGTH = 20_000;

/** The first of these columns with a text or number of at most `maxLength` characters, as text; null: none. */
export function textOf(row: LegacyRow, columns: readonly string[], maxLength = 200): string | null {
  for (const column of columns) {
    const value = row[column];
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    if (typeof value !== 'string') continue;
    const text = value.trim();
    if (text !== '' && text.length <= Math.min(maxLength, MAX_TEXT_LENGTH)) return text;
  }
  return null;
}

/** The first of these columns with a finite number, also in a text; null: none. */
export function numberOf(row: LegacyRow, columns: readonly string[]): number | null {
  for (const column of columns) {
    const value = row[column];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value !== 'string' || !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?\s*$/i.test(value)) continue;
    const number = Number(value);
    if (Number.isFinite(number)) return number;
  }
  return null;
}

/** Earlier times are not plausible. */
const EARLIEST = Date.UTC(2015, 0, 1);
const SECONDS_BELOW = 1e11;

/**
 * The first of these columns with a time, in ms: ISO 8601 (UTC without a zone), or seconds or ms since the epoch; null
 * where none has a time between 2015 and a day after `now`.
 */
export function timeOf(row: LegacyRow, columns: readonly string[], now: number): number | null {
  for (const column of columns) {
    const time = parsedTime(row, column);
    if (time >= EARLIEST && time <= now + DAY_MS) return Math.min(time, now);
  }
  return null;
}

function parsedTime(row: LegacyRow, column: string): number {
  const number = numberOf(row, [column]);
  if (number !== null) return Math.round(number < SECONDS_BELOW ? number * 1000 : number);
  return parseUtcTime(textOf(row, [column]) ?? '');
}

/** A symbol as `BTCUSDT`, also from forms like `BTC/USDT:USDT`; null: none. */
export function symbolOf(row: LegacyRow): string | null {
  const text = textOf(row, ['symbol'], 60);
  if (text === null) return null;
  const symbol = canonicalSymbol(text);
  return SYMBOL.test(symbol) ? symbol : null;
}
