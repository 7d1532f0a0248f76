import type { Candle } from '../candle.ts';
import type { Database } from '../db/connection.ts';
import { inTransaction } from '../db/transaction.ts';
import type { CandleBatch } from '../market/sync/candle-feed.ts';
import type { LiveMarket, Subscription } from '../market/sync/live-market.ts';
import type { Log } from '../runtime/log.ts';
import type { PaperDesk } from './paper-desk.ts';

export interface Executor {
  /** Begins with the symbols of all accounts that have lots. */
  start(): Promise<void>;
  /** Ends the deliveries. */
  stop(): Promise<void>;
}

export interface ExecutorParts {
  readonly desk: Pick<PaperDesk, 'accounts' | 'execute'>;
  readonly live: Pick<LiveMarket, 'subscribe'>;
  readonly database: Database;
  readonly log: Log;
}

/** Of the cursors of paper accounts, one for each symbol. */
const CONSUMER = 'paper';

/**
 * Executes every closed 3-minute candle for every account with lots, whether anybody polls or not.
 *
 * Each account knows itself which candle it executes next, and stores that with what came of it; so it does not matter
 * that the feed's cursor is moved in a transaction of its own, after all accounts have lived through the batch.
 */
export function createExecutor({ desk, live, database, log }: ExecutorParts): Executor {
  const subscriptions = new Map<string, Subscription>();
  let stopped = false;

  async function consume(
    { symbol, candles }: CandleBatch,
    advance: (transaction: Database, through: Candle) => Promise<void>,
  ): Promise<void> {
    let failure: unknown;
    for (const { stored } of await desk.accounts.list()) {
      if (stored.symbol !== symbol || stored.account.lots.length === 0) continue;
      try {
        await desk.execute(stored.account.id);
      } catch (error) {
        failure ??= error;
        log.error({ err: error, account: stored.account.id }, 'closed candles could not be executed');
      }
    }
    if (failure !== undefined) throw failure;
    const last = candles.at(-1) as Candle;
    await inTransaction(database, (transaction) => advance(transaction, last));
  }

  function watch(symbol: string): void {
    if (stopped || subscriptions.has(symbol)) return;
    subscriptions.set(symbol, live.subscribe({ name: CONSUMER, symbol, consume }));
  }

  desk.accounts.onChange(({ account, symbol }) => {
    if (account.lots.length > 0) watch(symbol);
  });

  return {
    async start() {
      for (const { stored } of await desk.accounts.list())
        if (stored.account.lots.length > 0) watch(stored.symbol);
    },
    async stop() {
      stopped = true;
      await Promise.all(Array.from(subscriptions.values(), (subscription) => subscription.end()));
    },
  };
}
