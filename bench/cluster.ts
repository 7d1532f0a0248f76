// promise: docs/operations.md "PostgreSQL, 1 node"

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgresServer } from '../simulator/postgres-server.ts';
import { createTestDatabase } from '../test/helper/postgres-databases.ts';
import { startTestService } from '../test/helper/service.ts';
import { warmedUp } from '../test/helper/upload.ts';
import { fillStore } from './big-store.ts';
import { type BuiltService, startBuiltService, startExchange } from './built-service.ts';
import { atMost, type BenchResult, benchTable, median, ratioAtLeast, timed } from './measure.ts';
import { decideAll } from './paper.ts';
import { alternatePolls, type PollFigures } from './polls.ts';
import { watchPostgres } from './postgres-load.ts';

const DECISION_CANDLE_MS = 15 * 60_000;
const START = Date.parse('2026-11-26T06:01:00Z');
const ACCOUNTS = 20;
const CLOSES = 7;
const ROUNDS = 9;

/** The service on PostgreSQL, as one node and as several, compared with SQLite. Both wait for the disk at every commit. */
export async function benchCluster(): Promise<BenchResult[]> {
  const server = await startPostgresServer({ flags: ['-c', 'max_connections=300'] });
  try {
    return [...(await benchPolls(server.url)), ...(await benchCloses(server.url))];
  } finally {
    await server.remove();
  }
}

/** Polls of a decided candle: on SQLite, and on PostgreSQL with 1, 2 and 4 nodes. */
async function benchPolls(serverUrl: string): Promise<BenchResult[]> {
  const { url, drop } = await createTestDatabase(serverUrl, 'template1');
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  const exchange = await startExchange();
  const load = await watchPostgres(url);
  const running: BuiltService[] = [];
  const start = async (...[path, env]: [path: string, env?: NodeJS.ProcessEnv]) => {
    const service = await startBuiltService(join(folder, path), exchange, { env: env ?? {} });
    running.push(service);
    return service;
  };
  try {
    const alone = await start('alone');
    const node = () => start('cluster', { DATABASE_URL: url });
    const [first, second, third, fourth] = [await node(), await node(), await node(), await node()];
    const figures = await alternatePolls(
      ROUNDS,
      { sqlite: [alone], '1': [first], '2': [first, second], '4': [first, second, third, fourth] },
      load.processorMs,
    );
    return pollResults(figures);
  } finally {
    for (const service of running) await service.close();
    await load.close();
    await exchange.close();
    await drop();
    await rm(folder, { recursive: true, force: true });
  }
}

function pollResults(figures: Record<'sqlite' | '1' | '2' | '4', PollFigures>): BenchResult[] {
  const { sqlite } = figures;
  const one = figures['1'];
  const results: BenchResult[] = [
    {
      what: 'polls of a decided candle, PostgreSQL',
      figure: one.perSecond,
      unit: '/s',
      baseline: { what: 'SQLite', figure: sqlite.perSecond },
      goal: ratioAtLeast(0.5),
    },
    { what: 'the same, p99', figure: one.p99, baseline: { what: 'SQLite', figure: sqlite.p99 } },
  ];
  for (const nodes of ['1', '2', '4'] as const) {
    const { perSecond, nodeMs, serverMs } = figures[nodes];
    const what = `${nodes} ${nodes === '1' ? 'node' : 'nodes'} on PostgreSQL`;
    const baseline = { what: '1 node', figure: one.perSecond };
    results.push(
      { what: `${what}: polls, all on this machine`, figure: perSecond, unit: '/s', baseline },
      {
        what: `${what}: processor time of a poll, in its node`,
        figure: nodeMs,
        baseline: { what: 'SQLite', figure: sqlite.nodeMs },
      },
      { what: `${what}: processor time of a poll, in PostgreSQL`, figure: serverMs },
    );
  }
  return results;
}

/** A candle closes for many accounts: on SQLite, and on one node with PostgreSQL. */
async function benchCloses(serverUrl: string): Promise<BenchResult[]> {
  const { url, drop } = await createTestDatabase(serverUrl, 'template1');
  let now = START;
  const start = (env: NodeJS.ProcessEnv) => startTestService({ now: () => now, env });
  const services = { sqlite: await start({}), postgres: await start({ DATABASE_URL: url }) };
  try {
    const size = { packages: ACCOUNTS, trades: 0, equityPoints: 0 };
    let ids: string[] = [];
    for (const { app, services: parts, config } of Object.values(services)) {
      await warmedUp(app, 'ppo_v1');
      await parts.desk.poll({ modelId: 'ppo_v1' });
      ids = await fillStore(config.store, size, now);
    }
    const ms = { sqlite: [] as number[], postgres: [] as number[] };
    for (let close = 0; close <= CLOSES; close += 1) {
      now += DECISION_CANDLE_MS;
      for (const name of ['sqlite', 'postgres'] as const) {
        const time = await timed(() => decideAll(services[name], ids));
        // The first candle loads the models.
        if (close > 0) ms[name].push(time);
      }
    }
    return [
      {
        what: `a candle closes for ${ACCOUNTS} packages, until all decisions are stored, PostgreSQL`,
        figure: median(ms.postgres),
        baseline: { what: 'SQLite', figure: median(ms.sqlite) },
        goal: atMost(2500, 'within 2.5 s'),
      },
    ];
  } finally {
    for (const service of Object.values(services)) await service.close();
    await drop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchCluster()));
