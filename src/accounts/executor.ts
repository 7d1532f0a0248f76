import { PaperdeskError, shownMessage } from '../errors.ts';
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

/** Executes closed intrabar candles for every account with lots, polled or not. */
export interface Executor {
  /** Follows the symbols of all accounts with lots, and executes their stored candles. */
  start(): Promise<void>;
  /** In alphabetical order of the symbols. */
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
  const { accounts, live, now, timers, log } = dependencies;
  /** Accounts with lots by id. */
  const open = new Map<
    string,
    { readonly symbol: string; readonly nextCandle: number; readonly dueAt: number }
  >();
  const runs = new Map<string, { readonly loop: BackgroundLoop; readonly lastError: () => string | null }>();
  let isStopped = false;

  function track({ account: { id, lots, nextCandle, pipeline }, symbol }: StoredAccount): void {
    if (isStopped) return;
    const reason = `account:${id}`;
    if (lots.length > 0) {
      if (!open.has(id)) live.follow(symbol, pipeline, reason, nextCandle);
      open.set(id, { symbol, nextCandle, dueAt: nextCandle + pipeline.intrabarMs });
      if (!runs.has(symbol)) runs.set(symbol, startRuns(symbol));
    } else if (open.delete(id)) void live.unfollow(symbol, reason);
  }

  function startRuns(symbol: string) {
    let failures = 0;
    let lastError: string | null = null;
    function retry(error: unknown): number {
      failures += 1;
      lastError = shownMessage(error);
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
    async start() {
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
      await Promise.all(Array.from(runs.values(), ({ loop }) => loop.stop()));
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
