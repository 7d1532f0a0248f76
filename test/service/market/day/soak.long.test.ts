import { expect, test } from 'vitest';
import { candleRecorder } from '../../../helper/fast-market.ts';
import { MINUTE, walk } from '../../../helper/market.ts';
import { seededRandom } from '../../../helper/random.ts';
import { openSimulatedMarket } from '../../../helper/simulated-market.ts';

const DAY = 24 * 60 * MINUTE;
const START = Date.UTC(2025, 10, 27, 10, 1);
/** Longer ones (90 days take some minutes) show that nothing grows over months; with --expose-gc also the heap. */
const DAYS = Number(process.env.MARKET_SOAK_DAYS ?? 1);
const SYMBOLS = (process.env.MARKET_SOAK_SYMBOLS ?? 'BTCUSDT').split(',');

test(`${DAYS} days: requests, timers and stored rows are the same each day`, async () => {
  const from = START - (START % DAY) - 17 * DAY;
  const recordings = SYMBOLS.map((symbol) =>
    walk({ symbol, timeframe: '3m', start: from, count: (DAYS + 19) * 480 }),
  );
  const desk = await openSimulatedMarket({ start: START, recordings, random: seededRandom(7) });
  const { live, history, behavior, repository } = desk;
  const read = new Map<string, number>();
  for (const symbol of SYMBOLS) {
    candleRecorder(desk, { symbol }).follow(live, (candles) => {
      read.set(symbol, (read.get(symbol) ?? 0) + candles.length);
    });
  }
  // The first windows are downloaded before the days are counted.
  await desk.passTo(START + 30 * MINUTE);
  const waiting = desk.sleepers();
  for (let day = 1; day <= DAYS; day += 1) {
    const asked = behavior.requests;
    await desk.passTo(START + 30 * MINUTE + day * DAY);
    expect(behavior.requests - asked).toBe(SYMBOLS.length * (96 + 24));
    expect(desk.sleepers()).toBe(waiting);
    for (const { symbol, stale, gaps, filled, mismatches } of await history.symbols(live.followed())) {
      expect({ symbol, stale, gaps, filled, mismatches }).toEqual({
        ...{ symbol, stale: false, gaps: [], filled: 0, mismatches: [] },
      });
    }
    for (const count of read.values()) expect(count).toBe(day * 480 + 10);
    expect(read.size).toBe(SYMBOLS.length);
    if (globalThis.gc !== undefined && day % 5 === 0) {
      globalThis.gc();
      const { rss, heapUsed } = process.memoryUsage();
      const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
      process.stdout.write(`day ${day}: heap ${mb(heapUsed)}, resident ${mb(rss)}\n`);
    }
  }
  const begun = START - (START % (3 * MINUTE));
  for (const symbol of SYMBOLS) {
    const stored = await repository.candles.openTimes(symbol, '3m', begun, begun + DAYS * DAY - 1);
    expect(stored).toHaveLength(DAYS * 480);
  }
}, 1_800_000);
