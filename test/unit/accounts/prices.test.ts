import { expect, test } from 'vitest';
import { createPrices } from '../../../src/accounts/prices.ts';
import type { Exchange } from '../../../src/market/exchange/exchange.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { flatCandle, START } from '../../helper/paper.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const TRADED = { symbol: 'BTCUSDT', pipeline: DEFAULT_PIPELINE };

async function prices(fetchCandles: Exchange['fetchCandles']) {
  const repository = createMarketRepository(await openTestDatabase());
  const unused = () => Promise.reject(new Error('not needed'));
  return createPrices({
    repository,
    exchange: { fetchCandles, symbols: unused },
    reader: { candles: unused, loadFunding: unused },
    now: () => START,
  });
}

test('packages that decide at one close share the request for its open', async () => {
  let requests = 0;
  const { openAt } = await prices(async () => {
    requests += 1;
    return { closed: [], forming: flatCandle(0), asOf: START };
  });
  const opens = await Promise.all(Array.from({ length: 20 }, () => openAt(TRADED, START)));
  expect(new Set(opens)).toEqual(new Set([flatCandle(0).open]));
  expect(await openAt(TRADED, START)).toBe(flatCandle(0).open);
  expect(requests).toBe(1);
});

test('an open that was not known yet, or failed, is requested again', async () => {
  const answers: Exchange['fetchCandles'][] = [
    () => Promise.reject(new Error('away')),
    async () => ({ closed: [], forming: undefined, asOf: START }),
    async () => ({ closed: [], forming: flatCandle(0), asOf: START }),
  ];
  const { openAt } = await prices((...request) => answers.shift()!(...request));
  await expect(openAt(TRADED, START)).rejects.toThrow('away');
  expect(await openAt(TRADED, START)).toBeUndefined();
  expect(await openAt(TRADED, START)).toBe(flatCandle(0).open);
});
