import type { Database } from '../db/connection.ts';
import { insertRows } from '../db/insert-rows.ts';
import { inTransaction } from '../db/transaction.ts';
import { bytesOfNumbers, numbersOfBytes } from '../runtime/float64-bytes.ts';
import type { CandleSample, ComputedCandle } from './candle-sample.ts';

/** The samples of replays, from when their candles are traded until the replay is done. */
export interface SampleRepository {
  /** Those after the candle that closed at `after` (ms), in order of time. */
  page(replayId: string, after: number, limit: number): Promise<CandleSample[]>;
  remove(replayId: string): Promise<void>;
}

/** @param database the open store */
export function createSampleRepository(database: Database): SampleRepository {
  return {
    async page(replayId, after, limit) {
      const rows = await database
        .selectFrom('replay_samples')
        .selectAll()
        .where('account_id', '=', replayId)
        .where('as_of', '>', after)
        .orderBy('as_of')
        .limit(limit)
        .execute();
      return rows.map(({ as_of, features, numbers, window_reason, decided }) => ({
        asOf: as_of,
        computed: computedOf(features, numbers, window_reason),
        decided: decided && JSON.parse(decided),
      }));
    },

    async remove(replayId) {
      await inTransaction(database, (transaction) =>
        transaction.deleteFrom('replay_samples').where('account_id', '=', replayId).execute(),
      );
    },
  };
}

/** Stores samples in the transaction of the candles they belong to. */
export async function insertSamples(
  transaction: Database,
  replayId: string,
  samples: readonly CandleSample[],
): Promise<void> {
  const rows = samples.map(({ asOf, computed: { features, scaled, quantiles, windowReason }, decided }) => ({
    account_id: replayId,
    as_of: asOf,
    features: features.length,
    numbers: bytesOfNumbers([features, scaled, quantiles].flatMap((part) => Array.from(part))),
    window_reason: windowReason,
    decided: decided && JSON.stringify(decided),
  }));
  await insertRows(transaction, 'replay_samples', rows);
}

function computedOf(features: number, bytes: Uint8Array, windowReason: string | null): ComputedCandle {
  const numbers = numbersOfBytes(bytes);
  return {
    features: numbers.subarray(0, features),
    scaled: numbers.subarray(features, 2 * features),
    quantiles: numbers.subarray(2 * features),
    windowReason,
  };
}
