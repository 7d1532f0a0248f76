import { beforeEach, expect, test } from 'vitest';
import { createHistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { createReadRevisions } from '../../../src/db/revisions.ts';
import { createForecastRepository } from '../../../src/decisions/forecast-repository.ts';
import type { JobOptions, JobWork } from '../../../src/jobs/jobs.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { declareResultRenewals } from '../../../src/replays/renew-results.ts';
import type { Replay } from '../../../src/replays/replay-job.ts';
import { createReplayRepository } from '../../../src/replays/replay-repository.ts';
import { createTrialRepository } from '../../../src/statistics/trial-repository.ts';
import { createTrials } from '../../../src/statistics/trials.ts';
import { silentLog } from '../../helper/log.ts';
import { runTestReplay, TEST_MODEL } from '../../helper/run-test-replay.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

let database: Database;
let original: Replay;
let model: ModelPackage | undefined;
beforeEach(async () => {
  model = TEST_MODEL;
  database = await openTestDatabase();
  original = await runTestReplay(database, 120);
});

/** Runs the jobs that are due in a process that has just started; returns the replays that were published. */
async function runDue(): Promise<Replay[]> {
  const published: Replay[] = [];
  let [options, work]: [JobOptions?, JobWork?] = [];
  declareResultRenewals({
    replays: createReplayRepository(database),
    registry: { find: async () => model },
    jobs: {
      queue(declared, doWork) {
        [options, work] = [declared, doWork];
        return { send: async () => {}, cancel: async () => {} };
      },
    },
    repository: createMarketRepository(database),
    history: createHistoryRepository(database),
    forecasts: createForecastRepository(database, () => 0),
    trials: createTrials({
      repository: createTrialRepository(database),
      readRevisions: createReadRevisions(database),
    }),
    pause: async () => {},
    log: silentLog,
    publish: (replay) => published.push(replay),
  });
  for (const { key } of await options!.due()) await work!(key, new AbortController().signal);
  return published;
}

const found = () => createReplayRepository(database).find('one');

/** Stores the results as they were before statistics said what they do not know. */
async function age(): Promise<void> {
  const { lookAhead } = original.results!;
  const results = JSON.stringify({ status: 'ACTIVE', performance: { sharpe: 1.83 }, lookAhead });
  await database.updateTable('replays').set({ results, results_form: null, origin: null }).execute();
}

test('results of an older form are computed again once, and are those of today', async () => {
  expect(await runDue()).toEqual([]);
  await age();
  expect(await found()).toMatchObject({ state: 'DONE', results: null });
  const [published] = await runDue();
  expect(published?.results).toEqual(original.results);
  expect(await found()).toEqual(original);
  expect((await createReplayRepository(database).results.origin('one'))?.attribution.total.closed).toBe(
    original.results!.performance.counts.lots,
  );
  expect(await createTrialRepository(database).list('BTCUSDT')).toHaveLength(1);
  expect(await runDue()).toEqual([]);
});

test.each([
  ['is gone', undefined],
  ['has other files', { ...TEST_MODEL, version: '2' }],
])('they are given up where the package %s', async (_, now) => {
  await age();
  model = now;
  expect(await runDue()).toEqual([]);
  expect(await found()).toMatchObject({ state: 'DONE', results: null });
  model = TEST_MODEL;
  expect(await runDue()).toEqual([]);
});
