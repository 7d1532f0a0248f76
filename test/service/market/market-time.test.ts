import { describe, expect, test } from 'vitest';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { candleRecorder } from '../../helper/fast-market.ts';
import { CANDLE, MINUTE, rowsOf, testRecording, walk } from '../../helper/market.ts';
import { seededRandom } from '../../helper/random.ts';
import { type ExchangeBehavior, openSimulatedMarket } from '../../helper/simulated-market.ts';

/** Funding is settled at this hour, and the candle that opens then needs its rate. */
const FUNDING_HOUR = Date.UTC(2025, 10, 27, 16);
const CLOSE = FUNDING_HOUR + CANDLE;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];

const others = SYMBOLS.slice(1).map((symbol) =>
  walk({ symbol, timeframe: '3m', start: FUNDING_HOUR - 20 * 24 * 60 * MINUTE, count: 21 * 480 }),
);

async function open(behavior: Partial<ExchangeBehavior>, random: () => number) {
  const recordings = [await testRecording(), ...others];
  return openSimulatedMarket({ start: CLOSE - 8 * MINUTE, recordings, behavior, random });
}

describe('at the close of a 15m candle', () => {
  test.each<[string, Partial<ExchangeBehavior>, number]>([
    ['over the stream', {}, 1],
    ['by request, without a stream', { streaming: false }, 2],
    ['from an exchange that takes a second to answer', { latencyMs: 1_000 }, 3],
    ['from an exchange that publishes a second late', { publishedAfterMs: 1_000, streaming: false }, 4],
  ])('candles and funding of all symbols are stored within 5 s: %s', async (_name, behavior, seed) => {
    const { live, repository, clock, passTo } = await open(behavior, seededRandom(seed));
    const stored: { symbol: string; delay: number }[] = [];
    live.onDecisionCandle(({ symbol, closeTime }) => {
      if (closeTime === CLOSE) stored.push({ symbol, delay: clock() - closeTime });
    });
    const read: number[] = [];
    for (const symbol of SYMBOLS) {
      candleRecorder({ repository, clock }, { symbol }).follow(live, (candles) => {
        if (candles.at(-1)?.openTime === CLOSE - 3 * MINUTE) read.push(clock() - CLOSE);
      });
    }
    await passTo(CLOSE);
    expect(stored).toEqual([]);
    await passTo(CLOSE + 4_999);
    expect(stored.map(({ symbol }) => symbol).sort()).toEqual(SYMBOLS);
    expect(read).toHaveLength(SYMBOLS.length);
    for (const symbol of SYMBOLS) {
      const [newest] = await repository.candles.newest(symbol, '15m', 1);
      expect(newest?.openTime).toBe(FUNDING_HOUR);
      expect(await repository.funding.range(symbol, FUNDING_HOUR, FUNDING_HOUR + MINUTE)).toHaveLength(1);
    }
  });

  test('requests for different symbols are spread over time', async () => {
    const { live, clock, passTo } = await open({ streaming: false }, seededRandom(5));
    const at = new Set<number>();
    live.onDecisionCandle(({ closeTime }) => {
      if (closeTime === CLOSE) at.add(clock());
    });
    for (const symbol of SYMBOLS) live.follow(symbol, DEFAULT_PIPELINE, 'test');
    await passTo(CLOSE + 5_000);
    expect(at.size).toBe(SYMBOLS.length);
  });
});

test('with 20 symbols timers and requests do not add up, and stopping leaves none', async () => {
  const start = FUNDING_HOUR - 17 * 24 * 60 * MINUTE;
  const recordings = Array.from({ length: 20 }, (_, index) =>
    walk({ symbol: `COIN${index}USDT`, timeframe: '3m', start, count: 18 * 480, price: 10 + index }),
  );
  const { live, behavior, sleepers, repository, passTo } = await openSimulatedMarket({
    ...{ start: FUNDING_HOUR, recordings, random: seededRandom(6) },
  });
  for (const { symbol } of recordings) live.follow(symbol, DEFAULT_PIPELINE, 'test');
  await passTo(FUNDING_HOUR + 40 * MINUTE);
  const timersBefore = sleepers();
  const requestsBefore = behavior.requests;
  await passTo(FUNDING_HOUR + 100 * MINUTE);
  expect(sleepers()).toBe(timersBefore);
  // Each symbol: 4 candles of 15m, and funding in one hour; the 3m ones come over the stream.
  expect(behavior.requests - requestsBefore).toBe(20 * (4 + 1));
  for (const { symbol, candles } of recordings) {
    const stored = await repository.candles.range(symbol, '3m', FUNDING_HOUR, FUNDING_HOUR + 90 * MINUTE);
    expect(stored).toHaveLength(31);
    const first = candles.findIndex(({ openTime }) => openTime === FUNDING_HOUR);
    expect(rowsOf(stored)).toEqual(rowsOf(candles.slice(first, first + 31)));
  }
  expect(behavior.streams).toBe(20);
  await live.stop();
  expect(behavior.streams).toBe(0);
  expect(sleepers()).toBe(0);
});
