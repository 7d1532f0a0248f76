import { DAY_MS } from '../candle.ts';
import { parseUtcTime } from '../runtime/utc-time.ts';

/** The time a package was trained on, ms since the epoch; `to` is not part of it. */
export interface TrainRange {
  readonly from: number;
  readonly to: number;
}

const MOMENT = /\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/g;

/**
 * The `train_range` of a manifest: two ISO 8601 dates or times in a text ("2022-01-01..2024-06-28"), a list or an object. A
 * date at its end is the whole day; a time without a zone is UTC. Null where it has other than two, or in the wrong order.
 */
export function trainRangeOf(manifest: Readonly<Record<string, unknown>>): TrainRange | null {
  const { train_range: declared } = manifest;
  const text = typeof declared === 'string' ? declared : JSON.stringify(declared);
  const moments = text?.match(MOMENT) ?? [];
  if (moments.length !== 2) return null;
  const [first, last] = moments as [string, string];
  const from = parseUtcTime(first);
  const to = parseUtcTime(last) + (isDate(last) ? DAY_MS : 0);
  return from < to ? { from, to } : null;
}

function isDate(moment: string): boolean {
  return moment.length === '2022-01-01'.length;
}
