import type { Kysely } from 'kysely';
import type { Row, Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';

/** A forecast as it was made. */
export interface StoredForecastRow {
  /** Close time of the candle it was made on, ms. */
  readonly asOf: number;
  /** Row-major [horizon, 3]. */
  readonly quantiles: Float32Array;
}

/** What made forecasts, and of what. */
export interface ForecastSource {
  readonly packageId: string;
  readonly packageVersion: string;
  readonly symbol: string;
}

/** Whether a live decision asked for a forecast, or only a replay. */
export type ForecastOrigin = 'live' | 'replay';

export interface ForecastRange {
  /** Close times of the first and the last candle, ms. */
  readonly from: number;
  readonly to: number;
  /** All where it is not said. */
  readonly origin?: ForecastOrigin;
  readonly limit?: number;
}

/** Forecasts, kept until what they foretell can be compared with what came. */
export interface ForecastRepository {
  /** Keeps forecasts; one that is there already stays, unless it is a replay's and a live decision made it again. */
  store(
    source: ForecastSource,
    forecasts: readonly StoredForecastRow[],
    origin: ForecastOrigin,
  ): Promise<void>;
  /** Close times (ms) of the candles that forecasts were made on, in order of time. */
  times(source: ForecastSource, range: Pick<ForecastRange, 'from' | 'to'>): Promise<number[]>;
  /** The forecasts on candles that closed at these times (ms; some hundred at most), in order of time. */
  at(source: ForecastSource, times: readonly number[]): Promise<StoredForecastRow[]>;
  /** In order of time. */
  range(source: ForecastSource, range: ForecastRange): Promise<StoredForecastRow[]>;
  /** Lets go of some hundred of the live ones that were stored before `before` (ms); whether there may be more. */
  forgetLive(before: number): Promise<boolean>;
  /** Lets go of some hundred of the oldest that only replays asked for, while there are more than `most`. */
  forgetReplayed(most: number): Promise<boolean>;
}

const ROWS_PER_STATEMENT = 500;

/**
 * @param database the open store, or a transaction on it
 * @param now the clock, ms
 */
export function createForecastRepository(database: Kysely<Tables>, now: () => number): ForecastRepository {
  /** The `count` oldest of an origin, and whatever was stored together with the last of them. */
  async function forgetOldest(origin: ForecastOrigin, before: number, count: number): Promise<boolean> {
    const ofOrigin = database
      .selectFrom('forecasts')
      .select('stored_at')
      .where('origin', '=', origin)
      .where('stored_at', '<', before)
      .orderBy('stored_at');
    const last = await ofOrigin
      .limit(1)
      .offset(count - 1)
      .executeTakeFirst();
    await inTransaction(database, (transaction) =>
      transaction
        .deleteFrom('forecasts')
        .where('origin', '=', origin)
        .where('stored_at', '<', before)
        .where('stored_at', '<=', last?.stored_at ?? before)
        .execute(),
    );
    return last !== undefined;
  }

  const ofSource = ({ packageId, packageVersion, symbol }: ForecastSource) =>
    database
      .selectFrom('forecasts')
      .where('package_id', '=', packageId)
      .where('package_version', '=', packageVersion)
      .where('symbol', '=', symbol)
      .orderBy('as_of');

  return {
    async store({ packageId, packageVersion, symbol }, forecasts, origin) {
      const stored_at = now();
      // In one order on all nodes, so that they do not wait for each other.
      const ordered = [...forecasts].sort((a, b) => a.asOf - b.asOf);
      for (let start = 0; start < ordered.length; start += ROWS_PER_STATEMENT) {
        const rows = ordered.slice(start, start + ROWS_PER_STATEMENT).map(({ asOf, quantiles }) => ({
          package_id: packageId,
          package_version: packageVersion,
          symbol,
          as_of: asOf,
          quantiles: bytesOf(quantiles),
          origin,
          stored_at,
        }));
        await inTransaction(database, (transaction) =>
          transaction
            .insertInto('forecasts')
            .values(rows)
            .onConflict((conflict) =>
              conflict
                .columns(['package_id', 'package_version', 'symbol', 'as_of'])
                .doUpdateSet((update) => ({
                  quantiles: update.ref('excluded.quantiles'),
                  origin: update.ref('excluded.origin'),
                  stored_at: update.ref('excluded.stored_at'),
                }))
                .where('forecasts.origin', '=', 'replay')
                .whereRef('excluded.origin', '!=', 'forecasts.origin'),
            )
            .execute(),
        );
      }
    },

    async times(source, { from, to }) {
      const rows = await ofSource(source)
        .select('as_of')
        .where('as_of', '>=', from)
        .where('as_of', '<=', to)
        .execute();
      return rows.map(({ as_of }) => as_of);
    },

    async at(source, times) {
      if (times.length === 0) return [];
      const query = ofSource(source).select(['as_of', 'quantiles']).where('as_of', 'in', times);
      return (await query.execute()).map(forecastOf);
    },

    async range(source, { from, to, origin, limit }) {
      let query = ofSource(source)
        .select(['as_of', 'quantiles'])
        .where('as_of', '>=', from)
        .where('as_of', '<=', to);
      if (origin !== undefined) query = query.where('origin', '=', origin);
      if (limit !== undefined) query = query.limit(limit);
      return (await query.execute()).map(forecastOf);
    },

    forgetLive: (before) => forgetOldest('live', before, ROWS_PER_STATEMENT),

    async forgetReplayed(most) {
      const { count } = await database
        .selectFrom('forecasts')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('origin', '=', 'replay')
        .executeTakeFirstOrThrow();
      if (count <= most) return false;
      return forgetOldest('replay', Number.MAX_SAFE_INTEGER, Math.min(count - most, ROWS_PER_STATEMENT));
    },
  };
}

function forecastOf({ as_of, quantiles }: Pick<Row<'forecasts'>, 'as_of' | 'quantiles'>): StoredForecastRow {
  return { asOf: as_of, quantiles: quantilesOf(quantiles) };
}

/** Little-endian, whatever the machine. */
function bytesOf(quantiles: Float32Array): Buffer {
  const bytes = Buffer.alloc(quantiles.length * 4);
  for (let index = 0; index < quantiles.length; index += 1) bytes.writeFloatLE(quantiles[index]!, index * 4);
  return bytes;
}

function quantilesOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const quantiles = new Float32Array(bytes.byteLength / 4);
  for (let index = 0; index < quantiles.length; index += 1)
    quantiles[index] = view.getFloat32(index * 4, true);
  return quantiles;
}
