import { execFile } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { startTestService } from '../../helper/service.ts';

const DAY = 86_400_000;

/** Runs the command with the settings of a service. */
function backfill(env: NodeJS.ProcessEnv, ...order: string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(
      process.execPath,
      ['dist/src/cli/backfill.js', ...order],
      { cwd: PROJECT_ROOT, env: { ...process.env, ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

test('the command lets a node fill the store, and ends as the backfill does', async () => {
  const service = await startTestService({ now: Date.now });
  onTestFinished(() => service.close());
  const { config, exchange } = service;
  if (config.store.kind !== 'postgres') throw new Error('This test is for PostgreSQL.');
  const env = {
    DATABASE_URL: config.store.url,
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
  };
  const today = Math.floor(Date.now() / DAY) * DAY;
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  const range = ['--from', day(today - 30 * DAY), '--to', day(today - 20 * DAY)];
  const filled = await backfill(env, '--symbol', 'BTCUSDT', ...range);
  expect(filled.err).toContain('A node of the service');
  expect(filled.out).toContain('The store has 960 candles (15m) of BTCUSDT');
  expect(filled.code).toBe(0);
  const unknown = await backfill(env, '--symbol', 'BTCUSD', ...range);
  expect(unknown.err).toContain('The closest ones are BTCUSDT.');
  expect(unknown.code).toBe(1);
  const counts = await service.services.jobs.counts();
  expect(counts.find(({ kind }) => kind === 'backfill')).toBeUndefined();
});
