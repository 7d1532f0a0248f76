import { PaperdeskError, shownMessage } from '../../errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Timers } from '../../runtime/timers.ts';

/** Sees to it that each symbol is brought up to date once at a time, and not again and again in vain. */
export interface Refresher {
  /**
   * Waits until `load` has brought `symbol` up to `due`: a run that is under way is shared, and after one that
   * brought nothing new the next waits, twice as long each time up to a minute.
   * @param enough whether an older window can be answered instead, so that waiting long makes no sense
   * @returns what the last run threw, if it failed
   */
  refresh(symbol: string, due: number, enough: boolean, load: () => Promise<void>): Promise<unknown>;
  /** The symbols that were asked for. */
  symbols(): string[];
  lastError(symbol: string): string | null;
}

interface Entry {
  running: Promise<void> | undefined;
  failure: unknown;
  /** The candle that the last run was about, and how often it was tried in a row. */
  due: number;
  attempts: number;
  notBefore: number;
}

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
/** More symbols than any exchange has. */
const MOST_ENTRIES = 2_000;
/** How long callers wait: the run goes on without them. */
const PATIENCE_MS = { withOlderWindow: 6_000, withNothing: 25_000 };

export function createRefresher({ timers, log }: { readonly timers: Timers; readonly log: Log }): Refresher {
  const entries = new Map<string, Entry>();

  function entryOf(symbol: string): Entry {
    let entry = entries.get(symbol);
    if (entry === undefined) {
      entry = { running: undefined, failure: undefined, due: 0, attempts: 0, notBefore: 0 };
      entries.set(symbol, entry);
    }
    return entry;
  }

  async function run(symbol: string, entry: Entry, load: () => Promise<void>): Promise<void> {
    try {
      await load();
      entry.failure = undefined;
    } catch (error) {
      entry.failure = error;
      // Names that do not exist leave nothing behind, or anybody could fill the memory with them.
      const unknown = error instanceof PaperdeskError && error.code === 'SYMBOL_UNKNOWN';
      if (unknown || entries.size > MOST_ENTRIES) entries.delete(symbol);
      log.warn({ symbol, err: error }, 'candles could not be brought up to date');
    } finally {
      entry.attempts += 1;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (entry.attempts - 1), LONGEST_PAUSE_MS);
      entry.notBefore = timers.monotonic() + pause;
      entry.running = undefined;
    }
  }

  return {
    async refresh(symbol, due, enough, load) {
      const entry = entryOf(symbol);
      const patience = enough ? PATIENCE_MS.withOlderWindow : PATIENCE_MS.withNothing;
      const deadline = timers.monotonic() + patience;
      for (;;) {
        // A run that is under way may be about the candle before.
        if (entry.running === undefined) {
          if (entry.due !== due) Object.assign(entry, { due, attempts: 0, notBefore: 0 });
          if (timers.monotonic() < entry.notBefore) return entry.failure;
          entry.running = run(symbol, entry, load);
        }
        const mine = entry.due === due;
        if (!(await endsWithin(entry.running, deadline - timers.monotonic(), timers)))
          return stillLoading(symbol);
        if (mine) return entry.failure;
      }
    },

    symbols: () => [...entries.keys()].sort(),

    lastError(symbol) {
      const failure = entries.get(symbol)?.failure;
      if (failure === undefined) return null;
      return shownMessage(failure);
    },
  };
}

function stillLoading(symbol: string): PaperdeskError {
  return new PaperdeskError('MARKET_UNAVAILABLE', `The candles of ${symbol} are still being downloaded.`, {
    retryAfterSeconds: 5,
  });
}

async function endsWithin(run: Promise<void>, ms: number, timers: Timers): Promise<boolean> {
  const stop = new AbortController();
  const timeout = timers.sleep(Math.max(ms, 0), stop.signal).then(() => false);
  const ended = await Promise.race([run.then(() => true), timeout]);
  stop.abort();
  return ended;
}
