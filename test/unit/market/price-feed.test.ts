// promise: docs/security.md "One client cannot use up what all share"

import { expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { createPriceFeed } from '../../../src/market/sync/price-feed.ts';
import type { Timers } from '../../../src/runtime/timers.ts';
import { silentLog } from '../../helper/log.ts';
import { waitUntil } from '../../helper/wait.ts';

/** Every sleep ends at once, as the next `tick` says. */
function steppedTimers() {
  const sleeps: { readonly ms: number; readonly end: () => void }[] = [];
  const timers: Timers = {
    monotonic: () => 0,
    random: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleeps.push({ ms, end: resolve });
        signal?.addEventListener('abort', () => resolve());
      }),
  };
  return { timers, sleeps };
}

test('listeners share one request per pause, and get a price when it changes', async () => {
  const { timers, sleeps } = steppedTimers();
  const prices = [100, 100, 101];
  let requests = 0;
  const lastPrice = async () => {
    requests += 1;
    const price = prices.shift();
    if (price === undefined) throw new PaperdeskError('MARKET_UNAVAILABLE', 'The exchange does not answer.');
    return { price, at: requests };
  };
  const feed = createPriceFeed({ lastPrice, timers, log: silentLog });
  const got: number[][] = [[], []];
  const end = feed.subscribe('BTCUSDT', ({ price }) => got[0]!.push(price));
  await waitUntil('the first price', () => sleeps.length === 1);
  const endOther = feed.subscribe('BTCUSDT', ({ price }) => got[1]!.push(price));
  expect(got).toEqual([[100], [100]]);
  for (const count of [2, 3, 4]) {
    sleeps.at(-1)!.end();
    await waitUntil('the next request', () => sleeps.length === count);
  }
  expect(got).toEqual([
    [100, 101],
    [100, 101],
  ]);
  expect(requests).toBe(4);
  expect(sleeps.map(({ ms }) => ms > 0)).toEqual([true, true, true, true]);
  end();
  endOther();
  await feed.stop();
  expect(requests).toBe(4);
});

test('the number of symbols is limited, and only those that are listened to count', async () => {
  const { timers } = steppedTimers();
  const feed = createPriceFeed({ lastPrice: async () => ({ price: 1, at: 0 }), timers, log: silentLog });
  const names = Array.from({ length: 50 }, (_, index) => `S${index}`);
  const ends = names.map((name) => feed.subscribe(name, () => {}));
  expect(() => feed.requireRoom(['S1', 'OTHER'])).toThrow(/50 is the limit/);
  feed.requireRoom(['S1', 'S2']);
  ends[0]!();
  feed.requireRoom(['OTHER']);
  await feed.stop();
});

test('a symbol that does not exist is not asked for again, and fills no log', async () => {
  const { timers } = steppedTimers();
  const lines: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => void lines.push(message) };
  const asked: string[] = [];
  const feed = createPriceFeed({
    ...{ timers, log },
    lastPrice: async (symbol) => {
      asked.push(symbol);
      throw new PaperdeskError(symbol === 'GONE' ? 'SYMBOL_UNKNOWN' : 'MARKET_UNAVAILABLE', 'no price');
    },
  });
  for (const symbol of ['GONE', 'LATE']) feed.subscribe(symbol, () => {});
  await waitUntil('both were asked for', () => asked.length >= 2);
  await feed.stop();
  expect(asked.filter((symbol) => symbol === 'GONE')).toHaveLength(1);
  expect(lines).toEqual(['the price could not be read; it is read later']);
});
