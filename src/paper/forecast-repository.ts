import type { Kysely } from 'kysely';
import type { Tables } from '../db/tables.ts';

/** A forecast as it was made. */
export interface KeptForecast {
  /** Close time of the candle it was made on, ms. */
  readonly asOf: number;
  /** Row-major [192, 3]. */
  readonly quantiles: Float32Array;
}

/** What made forecasts, and of what. */
export interface ForecastSource {
  readonly packageId: string;
  readonly packageVersion: string;
  readonly symbol: string;
}

/** Forecasts, kept until what they foretell can be compared with what came. */
export interface ForecastRepository {
  /** Keeps forecasts; one that is there already stays. */
  store(source: ForecastSource, forecasts: readonly KeptForecast[]): Promise<void>;
  /** From `from` to `to` (ms), in order of time. */
  range(source: ForecastSource, from: number, to: number): Promise<KeptForecast[]>;
}

const ROWS_PER_STATEMENT = 500;

/** @param database the open store, or a transaction on it */
export function createForecastRepository(database: Kysely<Tables>): ForecastRepository {
  return {
    async store({ packageId, packageVersion, symbol }, forecasts) {
      for (let start = 0; start < forecasts.length; start += ROWS_PER_STATEMENT) {
        const rows = forecasts.slice(start, start + ROWS_PER_STATEMENT).map(({ asOf, quantiles }) => ({
          package_id: packageId,
          package_version: packageVersion,
          symbol,
          as_of: asOf,
          quantiles: bytesOf(quantiles),
        }));
        await database
          .insertInto('forecasts')
          .values(rows)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    },

    async range({ packageId, packageVersion, symbol }, from, to) {
      const rows = await database
        .selectFrom('forecasts')
        .select(['as_of', 'quantiles'])
        .where('package_id', '=', packageId)
        .where('package_version', '=', packageVersion)
        .where('symbol', '=', symbol)
        .where('as_of', '>=', from)
        .where('as_of', '<=', to)
        .orderBy('as_of')
        .execute();
      return rows.map(({ as_of, quantiles }) => ({ asOf: as_of, quantiles: quantilesOf(quantiles) }));
    },
  };
}

/** Little-endian, whatever the machine. */
function bytesOf(quantiles: Float32Array): Buffer {
  const bytes = Buffer.alloc(quantiles.length * 4);
  quantiles.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes;
}

function quantilesOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
