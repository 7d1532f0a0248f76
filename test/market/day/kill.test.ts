import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { createReplay } from '../../../src/market/recorded-exchange/replay.ts';
import { startRecordedExchange } from '../../../src/market/recorded-exchange/server.ts';
import { seededRandom } from '../../helper/random.ts';
import { MINUTE, shippedRecording } from '../helper.ts';

const SPEED = 1200;
const START = Date.UTC(2025, 10, 27, 10);
const FROM = START - 24 * 60 * MINUTE;
const KILLS = 8;

test('kill -9 at random moments: every closed candle was consumed once, in order, and the store is whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-kill-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const begun = Date.now();
  const clock = () => Math.floor(START + (Date.now() - begun) * SPEED);
  const recording = await shippedRecording();
  const server = await startRecordedExchange({ recording, clock, pushEveryMs: 5 });
  onTestFinished(() => server.close());
  const file = join(folder, 'store.sqlite');
  let child: ChildProcess | undefined;
  const start = () => {
    child = fork(new URL('./process.ts', import.meta.url), {
      execArgv: ['--import', 'tsx'],
      env: {
        ...process.env,
        DATABASE: file,
        REST_URL: server.restUrl,
        WS_URL: server.wsUrl,
        START: String(START),
        BEGUN: String(begun),
        SPEED: String(SPEED),
        FROM: String(FROM),
      },
    });
    return child;
  };
  const kill = async (one: ChildProcess) => {
    const gone = once(one, 'exit');
    one.kill('SIGKILL');
    await gone;
  };
  onTestFinished(() => void child?.kill('SIGKILL'));

  const random = seededRandom(20261122);
  for (let cycle = 0; cycle < KILLS; cycle += 1) {
    const running = start();
    await once(running, 'spawn');
    // From before it has opened the store to long after it caught up.
    await delay(500 + random() * 2000);
    await kill(running);
  }
  const last = start();
  const end = Math.floor(clock() / MINUTE / 3) * 3 * MINUTE;
  const store = () => new SqliteDatabase(file, { readonly: true });
  await expect
    .poll(
      () => {
        const database = store();
        const { newest } = database.prepare('select max(open_time) newest from given').get() as {
          newest: number;
        };
        database.close();
        return newest;
      },
      { timeout: 40_000, interval: 200 },
    )
    .toBeGreaterThanOrEqual(end);
  await kill(last);

  const database = store();
  const given = database
    .prepare('select open_time, close from given order by rowid')
    .raw()
    .all() as number[][];
  const stored = database
    .prepare(
      "select open_time, close from candles where timeframe = '3m' and open_time >= ? order by open_time",
    )
    .raw()
    .all(FROM) as number[][];
  const filled = database.prepare('select count(*) from candles where filled = 1').pluck().get();
  database.close();
  const to = given.at(-1)?.[0] as number;
  const expected = createReplay(recording)
    .candles('3m', { from: FROM, to, limit: 1e6, now: to + 3 * MINUTE })
    .map(({ openTime, close }) => [openTime, close]);
  expect(given).toEqual(expected);
  expect(stored.slice(0, expected.length)).toEqual(expected);
  expect(filled).toBe(0);
}, 120_000);
