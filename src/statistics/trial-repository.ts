import type { Database } from '../db/connection.ts';
import { bumpRevision } from '../db/revisions.ts';
import { inTransaction } from '../db/transaction.ts';
import { bytesOfNumbers, numbersOfBytes } from '../runtime/float64-bytes.ts';
import type { DailyReturns } from './daily-equity.ts';

/** One package with one set of rules, on one range of a symbol. Times in ms. */
export interface Trial {
  readonly symbol: string;
  /** See `trialKey`. */
  readonly key: string;
  readonly from: number;
  readonly to: number;
  /** Daily log returns of its whole days. */
  readonly logReturns: DailyReturns;
}

/** What tells trials apart, and whether one has grown. */
export type TrialName = Pick<Trial, 'key' | 'from' | 'to'>;

/** Everything that was tried; nothing is ever removed. Every change bumps the revision of `trials`. */
export interface TrialRepository {
  /** Keeps a trial. Of one that began at the same time, the longer stays. */
  record(trial: Trial): Promise<void>;
  /** Those of a symbol, in order of their keys and times. @param keys of them only those with these keys */
  list(symbol: string, keys?: readonly string[]): Promise<Trial[]>;
  /** The names of all trials of a symbol. */
  names(symbol: string): Promise<TrialName[]>;
}

/** @param database the open store, or a transaction on it */
export function createTrialRepository(database: Database): TrialRepository {
  return {
    async record({ symbol, key, from, to, logReturns }) {
      const row = {
        ...{ symbol, trial: key, from_time: from, to_time: to, first_day: logReturns.from },
        log_returns: bytesOfNumbers(logReturns.values),
      };
      await inTransaction(database, async (transaction) => {
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto('trials')
          .values(row)
          .onConflict((conflict) =>
            conflict
              .columns(['symbol', 'trial', 'from_time'])
              .doUpdateSet(({ ref }) => ({
                to_time: ref('excluded.to_time'),
                first_day: ref('excluded.first_day'),
                log_returns: ref('excluded.log_returns'),
              }))
              .whereRef('trials.to_time', '<', 'excluded.to_time'),
          )
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows !== 0n) await bumpRevision(transaction, 'trials');
      });
    },

    names(symbol) {
      return database
        .selectFrom('trials')
        .select(['trial as key', 'from_time as from', 'to_time as to'])
        .where('symbol', '=', symbol)
        .execute();
    },

    async list(symbol, keys) {
      const rows = await database
        .selectFrom('trials')
        .selectAll()
        .where('symbol', '=', symbol)
        .$if(keys !== undefined, (query) => query.where('trial', 'in', keys as readonly string[]))
        .orderBy('trial')
        .orderBy('from_time')
        .execute();
      return rows.map(({ trial, from_time, to_time, first_day, log_returns }) => ({
        ...{ symbol, key: trial, from: from_time, to: to_time },
        logReturns: { from: first_day, values: [...numbersOfBytes(log_returns)] },
      }));
    },
  };
}
