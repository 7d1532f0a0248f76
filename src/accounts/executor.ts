import type { Leases } from '../cluster/leases.ts';
import { shownError } from '../db/shown-error.ts';
import { PaperdeskError } from '../errors.ts';
import { symbolLease } from '../market/store/market-repository.ts';
import type { LiveMarket } from '../market/sync/live-market.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../runtime/background-loop.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Log } from '../runtime/log.ts';
import type { Clock, Timers } from '../runtime/timers.ts';
import type { AccountMarket } from './account-market.ts';
import type { StoredAccount } from './account-repository.ts';
import type { Accounts } from './accounts.ts';
import { catchUp } from './catch-up.ts';

/** The progress of accounts with lots on a symbol in executing its closed intrabar candles. */
export interface ExecutionStatus {
  readonly symbol: string;
  /** Open time of the next candle of the account that is furthest behind, in ms. */
  readonly nextCandle: number;
  /** Time since that candle closed, in ms; 0 before it closes. */
  readonly lagMs: number;
  /** Why the last run failed; null if it did not. */
  readonly lastError: string | null;
}

/** Executes closed intrabar candles for every account with lots, polled or not, of the symbols that this node follows. */
export interface Executor {
  /**
   * Reads the accounts, follows the symbols of those with lots, and executes their stored candles. To be called again when
   * another node may have changed accounts.
   */
  refresh(): Promise<void>;
  /** In alphabetical order of the symbols. Only the node that follows a symbol knows why its last run failed. */
  status(): readonly ExecutionStatus[];
  /** Waits for the current run. */
  stop(): Promise<void>;
}

export interface ExecutionDependencies {
  readonly accounts: Accounts;
  readonly market: Pick<AccountMarket, 'executableFrom'>;
  readonly now: Clock;
}

export interface ExecutorDependencies extends ExecutionDependencies {
  readonly live: Pick<LiveMarket, 'follow' | 'unfollow' | 'onIntrabarCandles'>;
  readonly leases: Pick<Leases, 'want'>;
  readonly timers: Timers;
  readonly log: Log;
}

/** Pause between runs; usually a new candle ends it. */
const IDLE_MS = 5 * 60_000;
const BACKOFF = { firstMs: 1_000, longestMs: 60_000, jitter: 0.25 };

/**
 * An account stores its next candle together with the outcome of the candles before it, so a run that failed or was
 * killed can be repeated without executing a candle twice (market.md#22).
 */
export function createExecutor(dependencies: ExecutorDependencies): Executor {
  const { accounts, live, leases, now, timers, log } = dependencies;
  /** Accounts with lots by id. */
  const open = new Map<
    string,
    { readonly symbol: string; readonly nextCandle: number; readonly dueAt: number }
  >();
  /** Revisions of accounts: a list that another node's change overtook must not undo it. */
  const revisions = new Map<string, number>();
  /** Runs by symbol, on the node that follows it. */
  const runs = new Map<string, { readonly loop: BackgroundLoop; readonly lastError: () => string | null }>();
  /** What gives up the leases of the symbols of accounts with lots. */
  const giveUps = new Map<string, () => Promise<void>>();
  const ending = new Set<Promise<void>>();
  let isStopped = false;

  function track({ account: { id, lots, nextCandle, pipeline }, symbol, revision }: StoredAccount): void {
    if (isStopped || revision < (revisions.get(id) ?? 0)) return;
    revisions.set(id, revision);
    const reason = `account:${id}`;
    if (lots.length > 0) {
      const isNew = !open.has(id);
      open.set(id, { symbol, nextCandle, dueAt: nextCandle + pipeline.intrabarMs });
      if (isNew) live.follow(symbol, pipeline, reason, () => open.get(id)?.nextCandle);
      if (!giveUps.has(symbol))
        giveUps.set(
          symbol,
          leases.want(symbolLease(symbol), () => begin(symbol)),
        );
    } else if (open.delete(id)) {
      void live.unfollow(symbol, reason);
      if (![...open.values()].some((other) => other.symbol === symbol)) end(symbol);
    }
  }

  function begin(symbol: string): () => Promise<void> {
    const run = startRuns(symbol);
    runs.set(symbol, run);
    return () => {
      if (runs.get(symbol) === run) runs.delete(symbol);
      return run.loop.stop();
    };
  }

  /** Not awaited by the run that closed the last lot, because it waits for that run. */
  function end(symbol: string): void {
    const ended = giveUps.get(symbol)?.() ?? Promise.resolve();
    giveUps.delete(symbol);
    ending.add(ended);
    void ended.finally(() => ending.delete(ended));
  }

  function startRuns(symbol: string) {
    let failures = 0;
    let lastError: string | null = null;
    function retry(error: unknown): number {
      failures += 1;
      lastError = shownError(error);
      return backoffMs(BACKOFF, failures, timers.random);
    }
    const loop = startBackgroundLoop({
      timers,
      async work() {
        const failure = await executeAll(symbol);
        if (failure !== null) return retry(failure);
        failures = 0;
        lastError = null;
        return IDLE_MS;
      },
      onFailure(error) {
        log.error({ symbol, err: error }, 'the accounts could not be read to execute closed candles');
        return retry(error);
      },
    });
    return { loop, lastError: () => lastError };
  }

  /** Returns the first failure: an account that fails does not stop the others. */
  async function executeAll(symbol: string): Promise<unknown> {
    let first: unknown = null;
    for (const { stored } of await accounts.list()) {
      const { id, lots } = stored.account;
      if (stored.symbol !== symbol || lots.length === 0) continue;
      try {
        const executed = await executeAccount(dependencies, id);
        track(executed.stored);
        if (executed.failure !== null) throw executed.failure;
      } catch (error) {
        first ??= error;
        const level = error instanceof PaperdeskError ? 'warn' : 'error';
        log[level]({ err: error, account: id }, 'closed candles could not be executed');
      }
    }
    return first;
  }

  accounts.onChange(track);
  live.onIntrabarCandles(({ symbol }) => runs.get(symbol)?.loop.wake());

  return {
    async refresh() {
      for (const { stored } of await accounts.list()) track(stored);
    },

    status() {
      const oldest = new Map<string, { readonly nextCandle: number; readonly dueAt: number }>();
      for (const { symbol, ...next } of open.values()) {
        const known = oldest.get(symbol);
        if (known === undefined || next.dueAt < known.dueAt) oldest.set(symbol, next);
      }
      return [...oldest].sort().map(([symbol, { nextCandle, dueAt }]) => {
        const lagMs = Math.max(0, now() - dueAt);
        return { symbol, nextCandle, lagMs, lastError: runs.get(symbol)?.lastError() ?? null };
      });
    },

    async stop() {
      isStopped = true;
      for (const symbol of [...giveUps.keys()]) end(symbol);
      await Promise.all(ending);
    },
  };
}

/** Executes the known closed candles of an account and stores the outcome. */
export async function executeAccount(
  { accounts, market, now }: ExecutionDependencies,
  id: string,
): Promise<{ readonly stored: StoredAccount; readonly failure: PaperdeskError | null }> {
  const { stored, result } = await accounts.change(id, async (before) => {
    const { outcome, failure } = await catchUp(before, market, now(), 'when decided');
    return { change: outcome, result: failure };
  });
  return { stored, failure: result };
}
