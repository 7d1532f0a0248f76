import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgresServer } from '../simulator/postgres-server.ts';
import type { RecordedExchange } from '../simulator/server.ts';
import { isoTime } from '../src/runtime/iso-time.ts';
import { createTestDatabase } from '../test/helper/postgres-databases.ts';
import { askUntil, type BuiltService, startBuiltService, startExchange } from './built-service.ts';
import { type BenchResult, benchTable, median, ratioAtLeast } from './measure.ts';
import { warmPolls } from './polls.ts';

const RUNS = 3;
const REPLAYS = 4;
const DAYS = 10;
/** Of the replay that each worker runs before the measurement: long enough that none takes two. */
const WARM_UP_DAYS = 5;
/** Between two questions for the state of a replay, which take time of the cores. */
const PAUSE_MS = 100;
const DAY_MS = 24 * 60 * 60_000;

/** Replays on one and on two worker processes, each with a core of its own. */
export async function benchWorkerReplays(): Promise<BenchResult[]> {
  const server = await startPostgresServer({ flags: [] });
  const exchange = await startExchange();
  const rates = { one: [] as number[], two: [] as number[] };
  try {
    for (let run = 0; run < RUNS; run += 1) {
      rates.one.push(await replaysPerSecond(server.url, exchange, [0]));
      rates.two.push(await replaysPerSecond(server.url, exchange, [0, 1]));
    }
  } finally {
    await exchange.close();
    await server.remove();
  }
  return [
    {
      what: `replays of ${DAYS} days, two workers with a core each`,
      figure: median(rates.two),
      unit: '/s',
      baseline: { what: 'one worker', figure: median(rates.one) },
      goal: ratioAtLeast(1.7),
    },
  ];
}

/** A new store, so that no forecast is known. @param cores one worker for each */
async function replaysPerSecond(
  serverUrl: string,
  exchange: RecordedExchange,
  cores: readonly number[],
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  const { url, drop } = await createTestDatabase(serverUrl, 'template1');
  const env = { DATABASE_URL: url, JOB_CONCURRENCY: '1' };
  const running: BuiltService[] = [];
  const start = async (role: string, core?: number) => {
    const options = { env, args: ['--role', role], ...(core === undefined ? {} : { core }) };
    const node = await startBuiltService(folder, exchange, options);
    running.push(node);
    return node;
  };
  try {
    const api = await start('api');
    for (const core of cores) await start('worker', core);
    await warmPolls(api);
    const newest = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    // Loads the candles of all; only one of them is decided on.
    const whole = { from: newest - REPLAYS * DAYS * DAY_MS, to: newest };
    await untilDone(api, [await request(api, { ...whole, decided: [isoTime(newest - DAY_MS)] })]);
    // Each worker takes one of these, which loads the models there.
    const first = cores.map(() => request(api, { from: whole.from - WARM_UP_DAYS * DAY_MS, to: whole.from }));
    await untilDone(api, await Promise.all(first));
    const begin = performance.now();
    const ids: string[] = [];
    for (let index = 0; index < REPLAYS; index += 1) {
      const to = newest - index * DAYS * DAY_MS;
      ids.push(await request(api, { from: to - DAYS * DAY_MS, to }));
    }
    await untilDone(api, ids);
    return (REPLAYS * 1000) / (performance.now() - begin);
  } finally {
    for (const node of running) await node.close();
    await drop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Request {
  /** ms, as is `to`. */
  readonly from: number;
  readonly to: number;
  readonly decided?: readonly string[];
}

async function request({ address }: BuiltService, { from, to, decided }: Request): Promise<string> {
  const answer = await fetch(`${address}/paper/replays`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model_id: 'ppo_v1', from: isoTime(from), to: isoTime(to), decided }),
  });
  if (!answer.ok) throw new Error(`The replay was answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

async function untilDone({ address }: BuiltService, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const { state } = await askUntil<{ state: string }>(
      `${address}/paper/replays/${id}`,
      ({ state }) => state !== 'QUEUED' && state !== 'RUNNING',
      PAUSE_MS,
    );
    if (state !== 'DONE') throw new Error(`The replay ${id} is ${state}.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchWorkerReplays()));
