import { beforeEach, expect, test } from 'vitest';
import { createHistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import type { Counterfactual, Replay } from '../../../src/replays/replay-job.ts';
import { createTrialRepository } from '../../../src/statistics/trial-repository.ts';
import { DEFAULT_SETTINGS } from '../../../src/trading/settings.ts';
import { runTestReplay } from '../../helper/run-test-replay.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const COUNT = 80;

let database: Database;
let original: Replay;
beforeEach(async () => {
  database = await openTestDatabase();
  original = await runTestReplay(database, COUNT);
});

function otherwise(kind: Counterfactual['kind'], k: number | null = null) {
  const settings =
    kind === 'no_stops' ? { ...DEFAULT_SETTINGS, ignoresStops: true as const } : DEFAULT_SETTINGS;
  const id = `${kind} ${k}`;
  return runTestReplay(database, COUNT, {}, { id, settings, counterfactual: { of: 'one', kind, k } });
}

const history = () => createHistoryRepository(database);
const lotsOf = async ({ id }: Replay) => (await history().closedLots(id, 1000)).reverse();
const decisionsOf = async ({ id }: Replay) => (await history().decisions(id, 1000)).reverse();

test('without stops no lot is closed at a stop or a target, and the range and the balance are the same', async () => {
  const reasons = (lots: Awaited<ReturnType<typeof lotsOf>>) => lots.map(({ reason }) => reason);
  expect(reasons(await lotsOf(original))).toContain('STOP_LOSS');
  const replay = await otherwise('no_stops');
  const left = reasons(await lotsOf(replay));
  expect(left).not.toContain('STOP_LOSS');
  expect(left).not.toContain('TAKE_PROFIT');
  expect(replay).toMatchObject({
    state: 'DONE',
    from: original.from,
    to: original.to,
    initialBalance: 10_000,
  });
  expect(replay.results).toMatchObject({ lookAhead: null, quality: null });
});

test('the sign of the median is one action of fixed size, or none', async () => {
  const replay = await otherwise('sign_of_median');
  const opened = (await decisionsOf(replay)).filter(({ order }) => order !== null);
  expect(opened.length).toBeGreaterThan(0);
  for (const { order } of opened) expect(order?.leverage).toBe(6);
});

test('random entries have the sizes of the original, and are the same each time', async () => {
  const entries = (await decisionsOf(original)).filter(({ lotId }) => lotId !== null);
  const first = await otherwise('random_entries', 3);
  const opened = (await decisionsOf(first)).filter(({ lotId }) => lotId !== null);
  expect(opened.length).toBeGreaterThan(0);
  expect(first.results?.performance.decisions).toEqual({ candles: 0, decided: 0 });
  const leverages = new Set(entries.map(({ order }) => order?.leverage));
  for (const { order } of opened) expect(leverages).toContain(order?.leverage);
  const times = opened.map(({ asOf, signal }) => [asOf, signal]);
  const other = await otherwise('random_entries', 4);
  expect((await decisionsOf(other)).map(({ asOf, signal }) => [asOf, signal])).not.toEqual(times);
  const again = await openTestDatabase();
  await runTestReplay(again, COUNT);
  const counterfactual = { of: 'one', kind: 'random_entries', k: 3 } as const;
  const repeated = await runTestReplay(again, COUNT, {}, { id: 'other', counterfactual });
  expect(repeated.results?.performance.totalReturn).toBe(first.results?.performance.totalReturn);
});

test('they are no trials', async () => {
  for (const kind of ['no_stops', 'sign_of_median'] as const) await otherwise(kind);
  expect(await createTrialRepository(database).list('BTCUSDT')).toHaveLength(1);
});
