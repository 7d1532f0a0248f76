import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Candle } from '../../../../src/candle.ts';
import { openDatabase } from '../../../../src/db/connection.ts';
import { createExchange } from '../../../../src/market/exchange/exchange.ts';
import { createMarketRepository } from '../../../../src/market/store/market-repository.ts';
import { createLiveMarket } from '../../../../src/market/sync/live-market.ts';
import { createMarketHistory } from '../../../../src/market/sync/market-history.ts';
import type { Timers } from '../../../../src/runtime/timers.ts';

/**
 * A process to be killed: the live market over a store on disk, on a clock that runs fast, with a consumer that writes
 * what it is given, in several transactions a batch. Its settings are the environment's.
 */
const env = process.env as Record<
  'DATABASE' | 'REST_URL' | 'WS_URL' | 'START' | 'BEGUN' | 'SPEED' | 'FROM',
  string
>;
const [start, begun, speed] = [Number(env.START), Number(env.BEGUN), Number(env.SPEED)];

const elapsed = () => (Date.now() - begun) * speed;
const timers: Timers = {
  monotonic: elapsed,
  sleep: (ms, signal) =>
    delay(ms / speed, undefined, signal === undefined ? {} : { signal }).catch(() => {}) as Promise<void>,
  random: Math.random,
};
const clock = () => Math.floor(start + elapsed());
const log = { info() {}, warn() {}, error() {} };

const database = await openDatabase(env.DATABASE);
// No key: a candle that was given twice is there twice.
await sql`create table if not exists given (open_time integer not null, close real not null)`.execute(
  database,
);
process.send?.('opened');
const repository = createMarketRepository(database);
const exchange = createExchange({
  ...{ clock, timers, log },
  id: 'binanceusdm',
  restUrl: env.REST_URL,
  wsUrl: env.WS_URL,
  limits: { headersMs: 200, totalMs: 400, bytes: 8 * 1024 * 1024 },
  throttle: false,
});
const history = createMarketHistory({ exchange, repository, clock, timers, log });
const live = createLiveMarket({ exchange, history, repository, clock, timers, log });
live.subscribe({
  name: 'given',
  symbol: 'BTCUSDT',
  from: Number(env.FROM),
  async consume({ candles }, advance) {
    for (let first = 0; first < candles.length; first += 50) {
      const piece = candles.slice(first, first + 50);
      await database.transaction().execute(async (transaction) => {
        for (const { openTime, close } of piece) {
          await sql`insert into given values (${openTime}, ${close})`.execute(transaction);
        }
        await advance(transaction, piece.at(-1) as Candle);
      });
    }
  },
});
