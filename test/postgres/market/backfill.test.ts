import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/db/open-database.ts';
import { createBackfillRepository } from '../../../src/market/store/backfill-repository.ts';
import { runBuiltCommand } from '../../helper/command.ts';
import { startTestService } from '../../helper/service.ts';

const DAY = 86_400_000;

const day = (time: number) => new Date(time).toISOString().slice(0, 10);

/** A service, and the settings of a command on its store. */
async function startService(nodeEnv: NodeJS.ProcessEnv = {}) {
  const service = await startTestService({ now: Date.now, env: nodeEnv });
  onTestFinished(() => service.close());
  const { config, exchange } = service;
  if (config.store.kind !== 'postgres') throw new Error('This test is for PostgreSQL.');
  const env = {
    DATABASE_URL: config.store.url,
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
  };
  return { service, backfill: (...args: string[]) => runBuiltCommand('backfill', args, env) };
}

test('the command lets a node fill the store, and ends as the backfill does', async () => {
  const { service, backfill } = await startService();
  const today = Math.floor(Date.now() / DAY) * DAY;
  const range = ['--from', day(today - 30 * DAY), '--to', day(today - 20 * DAY)];
  const filled = await backfill('--symbol', 'BTCUSDT', ...range);
  expect(filled.err).toContain('A node of the service');
  expect(filled.out).toContain('The store has 960 candles (15m) of BTCUSDT');
  expect(filled.code).toBe(0);
  const unknown = await backfill('--symbol', 'BTCUSD', ...range);
  expect(unknown.err).toContain('The closest ones are BTCUSDT.');
  expect(unknown.code).toBe(1);
  const counts = await service.services.jobs.counts();
  expect(counts.find(({ kind }) => kind === 'backfill')).toBeUndefined();
});

test('a backfill is cancelled, and the command that waits for it ends', async () => {
  // A node with this role runs no jobs, so the backfill waits.
  const { service, backfill } = await startService({ NODE_ROLE: 'api' });
  const range = ['--from', day(Date.now() - 30 * DAY), '--to', day(Date.now() - 20 * DAY)];
  const waiting = backfill('--symbol', 'BTCUSDT', ...range);
  const jobs = async () => (await service.services.jobs.counts()).map(({ waiting: count }) => count);
  await expect.poll(jobs).toContainEqual(1);
  expect(await backfill('--symbol', 'ETHUSDT', '--cancel')).toMatchObject({
    code: 0,
    out: 'Cancelled 0 backfills of ETHUSDT.\n',
  });
  expect((await backfill('--symbol', 'BTCUSDT', '--cancel')).out).toBe('Cancelled 1 backfill of BTCUSDT.\n');
  expect(await waiting).toMatchObject({
    code: 1,
    err: expect.stringContaining('The backfill was cancelled.'),
  });
  const { store } = service.config;
  const database = await openDatabase(store);
  expect(await createBackfillRepository(database).queued()).toEqual([]);
  await database.destroy();
});
