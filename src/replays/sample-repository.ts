import type { Database } from '../db/connection.ts';
import { insertRows } from '../db/insert-rows.ts';
import { inTransaction } from '../db/transaction.ts';
import type { CandleSample, ComputedCandle } from './candle-sample.ts';

/** The samples of replays, from when their candles are traded until the replay is done. */
export interface SampleRepository {
  /** Those after the candle that closed at `after` (ms), in order of time. */
  page(replayId: string, after: number, limit: number): Promise<CandleSample[]>;
  remove(replayId: string): Promise<void>;
}

/** The numbers of a sample: as many features, scaled features, and then quantiles. */
const BYTES_PER_NUMBER = 8;

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
  const rows = samples.map(({ asOf, computed, decided }) => ({
    account_id: replayId,
    as_of: asOf,
    features: computed.features.length,
    numbers: bytesOf(computed),
    window_reason: computed.windowReason,
    decided: decided && JSON.stringify(decided),
  }));
  await insertRows(transaction, 'replay_samples', rows);
}

/** Little-endian float64: unlike JSON it keeps what is not finite. */
function bytesOf({ features, scaled, quantiles }: ComputedCandle): Buffer {
  const numbers = [features, scaled, quantiles].flatMap((part) => Array.from(part));
  const bytes = Buffer.alloc(numbers.length * BYTES_PER_NUMBER);
  numbers.forEach((value, index) => {
    bytes.writeDoubleLE(value, index * BYTES_PER_NUMBER);
  });
  return bytes;
}

function computedOf(features: number, bytes: Uint8Array, windowReason: string | null): ComputedCandle {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = Float64Array.from({ length: bytes.byteLength / BYTES_PER_NUMBER }, (_, index) =>
    view.getFloat64(index * BYTES_PER_NUMBER, true),
  );
  return {
    features: numbers.subarray(0, features),
    scaled: numbers.subarray(features, 2 * features),
    quantiles: numbers.subarray(2 * features),
    windowReason,
  };
}
