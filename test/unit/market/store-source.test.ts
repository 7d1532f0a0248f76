import { expect, test } from 'vitest';
import { claimStore } from '../../../src/market/store/store-source-repository.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

async function open() {
  const database = await openTestDatabase();
  return database;
}

test('a store is opened again for the market it was first opened for', async () => {
  const database = await open();
  await claimStore(database, { exchange: 'binanceusdm', kind: 'live' });
  await claimStore(database, { exchange: 'binanceusdm', kind: 'live' });
});

test.each([
  ['the recording of it', { exchange: 'binanceusdm', kind: 'recorded' }],
  ['another exchange', { exchange: 'bybit', kind: 'live' }],
] as const)('a store is refused for %s, with what to do', async (_name, other) => {
  const database = await open();
  await claimStore(database, { exchange: 'binanceusdm', kind: 'live' });
  const claim = claimStore(database, other);
  await expect(claim).rejects.toMatchObject({ code: 'MARKET_SOURCE_MISMATCH' });
  await expect(claim).rejects.toThrow(
    `This store holds the market "live binanceusdm" and cannot be opened for "${other.kind} ${other.exchange}". Set DATABASE_URL`,
  );
  await claimStore(database, { exchange: 'binanceusdm', kind: 'live' });
});
