import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createReplay } from '../../../../simulator/replay.ts';
import { startRecordedExchange } from '../../../../simulator/server.ts';
import { SqliteDatabase } from '../../../../src/db/sqlite/sqlite-library.ts';
import { MINUTE, testRecording } from '../../../helper/market.ts';
import { seededRandom } from '../../../helper/random.ts';

const SPEED = 1200;
const START = Date.UTC(2025, 10, 27, 10);
const FROM = START - 24 * 60 * MINUTE;
const KILLS = 6;

/** A process that must run until it is killed. */
interface Victim {
  /** Resolves once it has opened the store. Rejects, like every other wait here, when it ends on its own. */
  readonly opened: Promise<unknown>;
  /** Waits for `work`, but no longer than the process lives. */
  during<T>(work: Promise<T>): Promise<T>;
  kill(): Promise<void>;
}

function startVictim(env: NodeJS.ProcessEnv): Victim {
  const child: ChildProcess = fork(new URL('./process.ts', import.meta.url), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...env },
    silent: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  child.stdout?.resume();
  let killed = false;
  const gone = once(child, 'close');
  const died = gone.then(([code, signal]) => {
    if (!killed) throw new Error(`The process ended on its own (${code ?? signal}):\n${said}`);
  });
  died.catch(() => {});
  const during = async <T>(work: Promise<T>) => {
    await Promise.race([work, died]);
    return work;
  };
  const opened = during(once(child, 'message'));
  opened.catch(() => {});
  return {
    opened,
    during,
    async kill() {
      await during(Promise.resolve());
      killed = true;
      child.kill('SIGKILL');
      await gone;
    },
  };
}

test('kill -9 at random moments: every closed candle is executed once, in order, and the store is complete', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-kill-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const begun = Date.now();
  const clock = () => Math.floor(START + (Date.now() - begun) * SPEED);
  const recording = await testRecording();
  const server = await startRecordedExchange({ recording, clock, pushEveryMs: 5 });
  onTestFinished(() => server.close());
  const file = join(folder, 'store.sqlite');
  const start = () =>
    startVictim({
      ...{ DATABASE: file, REST_URL: server.restUrl, WS_URL: server.wsUrl },
      ...{ START: String(START), BEGUN: String(begun), SPEED: String(SPEED), FROM: String(FROM) },
    });

  const random = seededRandom(20261122);
  for (let cycle = 0; cycle < KILLS; cycle += 1) {
    const victim = start();
    // Some kills come while the store is opened, most during downloads and execution.
    if (cycle % 3 === 0) await victim.during(delay(200 + random() * 800));
    else await victim.opened.then(() => victim.during(delay(random() * 1_000)));
    await victim.kill();
  }
  const last = start();
  await last.opened;
  const end = Math.floor(clock() / MINUTE / 3) * 3 * MINUTE;
  await last.during(expect.poll(() => newestExecuted(file)).toBeGreaterThanOrEqual(end));
  await last.kill();

  const { executed, stored, filled } = read(file);
  const to = executed.at(-1)?.[0] as number;
  const expected = createReplay(recording)
    .candles('3m', { from: FROM, to, limit: 1e6, now: to + 3 * MINUTE })
    .map(({ openTime, close }) => [openTime, close]);
  expect(executed).toEqual(expected);
  expect(stored.slice(0, expected.length)).toEqual(expected);
  expect(filled).toBe(0);
}, 300_000);

function newestExecuted(file: string): number {
  const database = new SqliteDatabase(file, { readonly: true });
  const newest = database.prepare('select max(open_time) from executed').pluck().get() as number | null;
  database.close();
  return newest ?? 0;
}

function read(file: string) {
  const database = new SqliteDatabase(file, { readonly: true });
  const rows = (query: string, ...values: number[]) =>
    database.prepare(query).raw().all(values) as number[][];
  const executed = rows('select open_time, close from executed order by rowid');
  const stored = rows(
    "select open_time, close from candles where timeframe = '3m' and open_time >= ? order by open_time",
    FROM,
  );
  const [[filled] = []] = rows('select count(*) from candles where filled = 1');
  database.close();
  return { executed, stored, filled };
}
