import { beforeEach, expect, test } from 'vitest';
import type { Lease } from '../../../src/cluster/leases.ts';
import {
  createMarketRepository,
  type MarketRepository,
} from '../../../src/market/store/market-repository.ts';
import { CANDLE, walk } from '../../helper/market.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const START = Date.UTC(2025, 10, 10);
const [first, second] = walk({ start: START, count: 2 }).candles as [Candle, Candle];
type Candle = ReturnType<typeof walk>['candles'][number];

/** The lease that this node believes to hold, and whether it does. */
let lease: Lease | undefined;
let isHeld: boolean;
let repository: MarketRepository;

beforeEach(async () => {
  const database = await openTestDatabase();
  isHeld = true;
  lease = { name: 'symbol:ETHUSDT', token: 1, isHeld: async () => isHeld, requireHeld: async () => {} };
  repository = createMarketRepository(database, { find: () => lease });
  await repository.candles.store('ETHUSDT', '15m', [first]);
  await repository.candles.storeFilled('ETHUSDT', '15m', [{ ...second, volume: 0 }]);
  await repository.funding.store('ETHUSDT', [{ time: START, rate: 0.1 }], { from: START, to: START });
});

const corrected = { ...first, volume: first.volume + 1 };
const newer = { ...second, openTime: START + 2 * CANDLE };

/** What a request that began with the lease stores now. */
async function writeAnswer(write = repository.beginWrite('ETHUSDT')): Promise<void> {
  await write(async ({ candles, funding }) => {
    await candles.store('ETHUSDT', '15m', [corrected, second, newer]);
    await funding.store('ETHUSDT', [{ time: START, rate: 0.2 }], { from: START, to: START });
  });
}

const stored = async () => (await repository.candles.newest('ETHUSDT', '15m', 9)).map(({ volume }) => volume);
const rate = async () => (await repository.funding.newest('ETHUSDT', START, START))?.rate;

test('the owner of a symbol replaces candles that the exchange has corrected', async () => {
  await writeAnswer();
  expect(await stored()).toEqual([corrected.volume, second.volume, newer.volume]);
  expect(await rate()).toBe(0.2);
});

test('other nodes add what is missing or was filled, and replace nothing', async () => {
  lease = undefined;
  await writeAnswer();
  expect(await stored()).toEqual([first.volume, second.volume, newer.volume]);
  expect(await rate()).toBe(0.1);
});

test('a node that lost the lease after its request replaces nothing, even when it gets it again', async () => {
  const write = repository.beginWrite('ETHUSDT');
  isHeld = false;
  lease = { ...(lease as Lease), token: 3, isHeld: async () => true };
  await writeAnswer(write);
  expect(await stored()).toEqual([first.volume, second.volume, newer.volume]);
  expect(await rate()).toBe(0.1);
});

test('what only the owner may write is refused without the lease', async () => {
  const write = repository.beginWrite('ETHUSDT', 'owner');
  isHeld = false;
  await expect(writeAnswer(write)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  expect(await stored()).toEqual([first.volume, 0]);
});
