import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Candle, TIMEFRAME_MS } from '../../../../src/candle.ts';
import { openDatabase } from '../../../../src/db/open-database.ts';
import { createExchange } from '../../../../src/market/exchange/exchange.ts';
import { createMarketRepository } from '../../../../src/market/store/market-repository.ts';
import { createLiveMarket } from '../../../../src/market/sync/live-market.ts';
import { createMarketHistory } from '../../../../src/market/sync/market-history.ts';
import { createMarketLoaders } from '../../../../src/market/sync/market-loaders.ts';
import type { Timers } from '../../../../src/runtime/timers.ts';
import { followCandles } from '../../../helper/candle-reader.ts';
import { singleNode } from '../../../helper/single-node.ts';

/**
 * A process that a test kills: the live market over a store on disk, on a fast clock. Like an account it stores what it
 * executed and its next candle in one transaction. Its settings come from the environment.
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

const database = await openDatabase({ kind: 'sqlite', file: env.DATABASE });
// Without a key: a candle that is executed twice has two rows.
await sql`create table if not exists executed (open_time integer not null, close real not null)`.execute(
  database,
);
await sql`create table if not exists position (id integer primary key, next integer not null)`.execute(
  database,
);
const [stored] = (await sql<{ next: number }>`select next from position`.execute(database)).rows;
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
const loaders = createMarketLoaders({ exchange, repository, clock, log });
const history = createMarketHistory({ exchange, repository, loaders, clock, timers, log });
const live = createLiveMarket({
  ...{ leases: singleNode().leases, exchange, history, repository, loaders, clock, timers, log },
});
followCandles(
  live,
  { repository, clock },
  {
    symbol: 'BTCUSDT',
    next: stored?.next ?? Number(env.FROM),
    async take(candles) {
      for (let first = 0; first < candles.length; first += 50) {
        const piece = candles.slice(first, first + 50);
        const next = (piece.at(-1) as Candle).openTime + TIMEFRAME_MS['3m'];
        await database.transaction().execute(async (transaction) => {
          for (const { openTime, close } of piece) {
            await sql`insert into executed values (${openTime}, ${close})`.execute(transaction);
          }
          await sql`insert or replace into position values (1, ${next})`.execute(transaction);
        });
      }
    },
  },
);
