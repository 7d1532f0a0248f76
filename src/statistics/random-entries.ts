import { decodeAction } from '../pipeline/decode-action.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import type { OrderIntent } from '../trading/propose-order.ts';
import type { Signal } from '../trading/signal.ts';
import { seededRandom } from './random.ts';
import { dateOf } from './utc-days.ts';

/** Accounts with random entries that a replay is compared with, k = 0..19 (statistics.md#72). */
export const RANDOM_ACCOUNTS = 20;

/** How often the original entered, and on which side. */
export interface EntryCounts {
  /** Candles decided on. */
  readonly decided: number;
  readonly entries: number;
  /** Entries that were long. */
  readonly longs: number;
}

/** An entry that was drawn: its side, and the number of the original's entry whose size and distances it has. */
export interface RandomEntry {
  readonly side: 'LONG' | 'SHORT';
  readonly original: number;
}

/** The numbers of one random account. @param from begin of the range, ms */
export function randomEntrySeed(symbol: string, from: number, k: number): string {
  return `random|${symbol}|${dateOf(from)}|${k}`;
}

/**
 * Draws for one candle after the other, to be called for every decided candle in order of time; null is no entry. Three
 * numbers are drawn each time, so that no draw moves those after it.
 */
export function createRandomEntries(seed: string, counts: EntryCounts): () => RandomEntry | null {
  const random = seededRandom(seed);
  const { decided, entries, longs } = counts;
  return () => {
    const [a, b, c] = [random(), random(), random()];
    // Products, because an original without decisions or entries has no rates.
    if (!(a * decided < entries)) return null;
    return { side: b * entries < longs ? 'LONG' : 'SHORT', original: Math.floor(c * entries) };
  };
}

/** The entries of a replay whose decisions were the policy's. */
export interface OriginalEntries extends EntryCounts {
  /** What each entry requested, in order of time. */
  readonly intents: readonly OrderIntent[];
}

/** Collects the entries of a replay. @param records of its decision candles, in order of time */
export function originalEntries(
  records: Iterable<Pick<DecisionRecord, 'decided' | 'lotId' | 'evidence'>>,
): OriginalEntries {
  const intents: OrderIntent[] = [];
  let decided = 0;
  for (const record of records) {
    decided += Number(record.decided);
    if (record.lotId === null || record.evidence === null) continue;
    const { rawAction } = record.evidence;
    intents.push(decodeAction({ mean: rawAction, std: rawAction.map(() => 0) }));
  }
  const longs = intents.filter(({ direction }) => direction === 'LONG').length;
  return { decided, entries: intents.length, longs, intents };
}

/** The signal of a draw: the drawn side with size, leverage and distances of the original's entry. */
export function randomEntrySignal(entry: RandomEntry | null, intents: readonly OrderIntent[]): Signal {
  const intent = entry === null ? NO_INTENT : intents[entry.original]!;
  const direction = entry?.side ?? 'FLAT';
  const sentiment = ({ LONG: 'bullish', SHORT: 'bearish', FLAT: 'neutral' } as const)[direction];
  const { sizePct, leverage, stopAtrMultiple, targetAtrMultiple } = intent;
  return {
    source: 'policy',
    action: { direction, sizePct, leverage, stopAtrMultiple, targetAtrMultiple, confidence: 0, sentiment },
    evidence: null,
  };
}

const NO_INTENT: OrderIntent = {
  direction: 'FLAT',
  sizePct: 0,
  leverage: 1,
  stopAtrMultiple: 0,
  targetAtrMultiple: 0,
};
