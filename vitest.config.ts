import { resolve } from 'node:path';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { LONG } from './test/helper/run-length.ts';

/** Processes and threads of tests come from the build: what people run, and they start twice as fast as from source. */
const programFilesOfTheBuild = {
  alias: [{ find: /^.*\/program-files\.ts$/, replacement: resolve('test/helper/program-files.ts') }],
};

const BUILD = 'test/helper/build.ts';
const POSTGRES = 'test/helper/postgres-project.ts';

/** One project, because a worker keeps loaded modules only for files of its project. */
const services: TestProjectConfiguration = {
  extends: true,
  resolve: programFilesOfTheBuild,
  test: {
    name: 'services',
    include: ['test/{service,browser,hostile}/**/*.test.ts'],
    globalSetup: [BUILD],
    isolate: false,
  },
};

/** Tests that run on SQLite, and once more on PostgreSQL in the long form. */
const MORE_ON_POSTGRES = LONG
  ? [
      'test/unit/accounts/{executor,lot-positions,lot-references,record-lists}.test.ts',
      'test/unit/alerts/monitor.test.ts',
      'test/unit/replays/{look-ahead,renew-results}.test.ts',
      'test/unit/statistics/{account-performances,drift-watch,live-forecast-quality,result-origins}.test.ts',
      'test/service/{accounts,alerts,auth,http,replays}/**/*.test.ts',
      'test/service/packages/s3-packages.test.ts',
      'test/hostile/random-requests.test.ts',
    ]
  : [];

/** The tests of repositories and of what concurrent nodes share, once more on PostgreSQL. */
const onPostgres: TestProjectConfiguration = {
  extends: true,
  resolve: programFilesOfTheBuild,
  test: {
    name: 'postgres',
    include: [
      'test/postgres/**/*.test.ts',
      'test/unit/accounts/account-repository.test.ts',
      'test/unit/market/{candle-loader,candle-repository,market-writes,store-source}.test.ts',
      'test/unit/packages/package-repository.test.ts',
      'test/unit/replays/{load-range,replay-repository}.test.ts',
      'test/unit/statistics/trials.test.ts',
      ...MORE_ON_POSTGRES,
    ],
    globalSetup: [BUILD, POSTGRES],
    isolate: false,
  },
};

/**
 * Most code of a test runs a few times, so that optimizing it costs more than it saves: only what runs often is worth it.
 * Node 20 has this option; later versions wait longer by themselves.
 */
const OPTIMIZE_LATE = process.versions.node.startsWith('20.') ? ['--interrupt-budget=2000000'] : [];

export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: OPTIMIZE_LATE,
    exclude: LONG ? [] : ['**/*.long.test.ts'],
    // These end only what hangs: tests wait for what they need, and a busy machine takes its time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 200_000 } },
    // For two cores: a file often waits for a process, a timer or a database.
    maxWorkers: 4,
    projects: [
      // Pure code: files of one process share their modules, which takes a third less processor time.
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      services,
      onPostgres,
    ],
  },
});
