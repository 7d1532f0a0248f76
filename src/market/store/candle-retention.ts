import { createLeasedLoop, type LeasedLoop } from '../../cluster/leased-loop.ts';
import type { Leases } from '../../cluster/leases.ts';
import type { Log } from '../../runtime/log.ts';
import type { Timers } from '../../runtime/timers.ts';
import type { UnusedCandleRepository } from './unused-candle-repository.ts';

export interface CandleRetentionParts {
  readonly candles: Omit<UnusedCandleRepository, 'keep'>;
  /** Changes with every write of market data of a symbol. */
  readonly revision: (symbol: string) => Promise<string>;
  /** Bytes that the store takes. */
  readonly storeBytes: () => Promise<number>;
  readonly budgetBytes: number;
  readonly leases: Pick<Leases, 'want'>;
  readonly now: () => number;
  readonly pause: () => Promise<void>;
  readonly timers: Timers;
  readonly log: Log;
}

/** As many as one request can ask for. */
const KEPT_CANDLES = 1500;
/** A symbol whose newest candle is older is not looked at any more. */
const FORGET_AFTER_MS = 24 * 60 * 60_000;
const INTERVAL_MS = 15 * 60_000;

/**
 * Removes candles that nothing needs, on one node, and warns when the store is larger than its budget: requests for
 * candles of any symbol must not fill the disk.
 */
export function createCandleRetention(parts: CandleRetentionParts): LeasedLoop {
  const { leases, timers, log } = parts;
  return createLeasedLoop({
    ...{ leases, timers },
    name: 'candle-retention',
    begin(isStopped) {
      const removeUnused = createCandleRemoval(parts, isStopped);
      const checkBudget = createBudgetCheck(parts);
      return async () => {
        await removeUnused();
        await checkBudget();
        return INTERVAL_MS;
      };
    },
    onFailure(error) {
      log.warn({ err: error }, 'candles that nothing needs could not be removed');
      return INTERVAL_MS;
    },
  });
}

/** Returns a function that removes candles of the symbols that did not change since it was called before. */
export function createCandleRemoval(
  { candles, revision, now, pause, log }: CandleRetentionParts,
  isStopped: () => boolean,
): () => Promise<void> {
  let known = new Map<string, string>();

  async function removeFrom(symbol: string): Promise<void> {
    const newest = await candles.newest(symbol);
    if (newest === undefined) return;
    const most = now() - newest > FORGET_AFTER_MS ? 0 : KEPT_CANDLES;
    let transactions = 0;
    while (!isStopped() && (await candles.removeSome(symbol, most))) {
      transactions += 1;
      await pause();
    }
    if (transactions > 0) log.info({ symbol, most }, 'removed candles that nothing needs');
  }

  return async () => {
    const seen = new Map<string, string>();
    for (const symbol of await candles.unused()) {
      if (isStopped()) return;
      // What was just stored may still be read.
      if ((await revision(symbol)) === known.get(symbol)) await removeFrom(symbol);
      seen.set(symbol, await revision(symbol));
    }
    known = seen;
  };
}

/** Returns a function that warns once whenever the store has grown beyond its budget. */
export function createBudgetCheck({
  storeBytes,
  budgetBytes,
  log,
}: Pick<CandleRetentionParts, 'storeBytes' | 'budgetBytes' | 'log'>): () => Promise<void> {
  let isBeyond = false;
  return async () => {
    const bytes = await storeBytes();
    if (bytes > budgetBytes && !isBeyond)
      log.warn(
        { bytes, budgetBytes },
        `the store takes ${megabytes(bytes)} MB, more than its budget of ${megabytes(budgetBytes)} MB (STORE_BUDGET_MB): ` +
          'remove replays and accounts that you do not need, or give it more',
      );
    isBeyond = bytes > budgetBytes;
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
