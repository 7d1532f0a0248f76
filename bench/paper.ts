// promise: docs/operations.md "packages | time"
// promise: docs/operations.md "accounts polled"

import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import { startTestService, type TestService } from '../test/helper/service.ts';
import { warmedUp } from '../test/helper/upload.ts';
import { fillStore } from './big-store.ts';
import { loadOf } from './http-load.ts';
import { atLeast, atMost, type BenchResult, benchTable, median, timed } from './measure.ts';

const DECISION_CANDLE_MS = 15 * 60_000;
const START = Date.parse('2026-11-26T06:01:00Z');
const POLLS = 500;
const LOAD = { connections: 50, seconds: 5 };
const ACCOUNTS = [1, 5, 20, 50, 100];
/** Of a close, in ms, by the number of packages. */
const CLOSE_GOALS = new Map([
  [20, 300],
  [50, 600],
  [100, 1200],
]);
const CLOSES = 5;

/** Polls of a decided candle, and a decision candle that closes for many accounts. */
export async function benchPaper(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  let now = START;
  const service = await startTestService({ now: () => now });
  try {
    await warmedUp(service.app, 'ppo_v1');
    results.push(...(await benchPolls(service)));
    const ids = await fillStore(
      service.config.store,
      { packages: Math.max(...ACCOUNTS), trades: 0, equityPoints: 0 },
      now,
    );
    for (const count of ACCOUNTS) {
      const goal = CLOSE_GOALS.get(count);
      const times: number[] = [];
      for (let close = 0; close <= CLOSES; close += 1) {
        now += DECISION_CANDLE_MS;
        const ms = await timed(() => decideAll(service, ids.slice(0, count)));
        // The first candle loads the models.
        if (close > 0) times.push(ms);
      }
      results.push({
        what: `a candle closes for ${count} packages, until all decisions are stored`,
        figure: median(times),
        ...(goal === undefined ? {} : { goal: atMost(goal, `within ${goal / 1000} s`) }),
      });
      results.push({
        what: `memory of the service with ${count} packages, its models aside`,
        figure: process.memoryUsage().rss / 2 ** 20,
        unit: 'MB',
      });
    }
  } finally {
    await service.close();
  }
  return results;
}

/** One poll of each package. @throws when an account takes no decision */
export async function decideAll({ services: { desk } }: TestService, ids: readonly string[]): Promise<void> {
  const polled = await Promise.all(ids.map((modelId) => desk.poll({ modelId })));
  const undecided = polled.find(({ decided }) => !decided);
  if (undecided !== undefined)
    throw new Error(`${undecided.overview.account.id} did not decide: ${undecided.gate?.sentence}`);
}

async function benchPolls({ app, services }: TestService): Promise<BenchResult[]> {
  const { desk, decisions, history, registry } = services;
  await desk.poll({ modelId: 'ppo_v1' });
  const model = await registry.get('ppo_v1');
  const account = { equity: 10_000, lots: [] };
  const decided = await medianOf(async () => {
    const window = await history.window('BTCUSDT', model.pipeline);
    await decisions.decide(model, window, account, window.close);
  });
  const polled = await medianOf(() => desk.poll({ modelId: 'ppo_v1' }));

  const body = { model_id: 'ppo_v1' };
  const { payload } = await app.inject({ method: 'POST', url: '/paper/signal', payload: body });
  const bare = Fastify();
  bare.post('/paper/signal', (_request, reply) => reply.type('application/json').send(payload));
  try {
    const [ours, theirs] = await Promise.all(
      [app, bare].map((one) => one.listen({ port: 0, host: '127.0.0.1' })),
    );
    const baseline = await loadOf({ url: `${theirs}/paper/signal`, body }, LOAD);
    const load = await loadOf({ url: `${ours}/paper/signal`, body }, LOAD);
    const what = 'a bare Fastify route, same bytes';
    const goal = atMost(1.5, 'under 1.5 ms');
    return [
      { what: 'decision, its forecast known, in the service', figure: decided, goal },
      { what: 'poll of a decided candle, in the service', figure: polled, goal },
      {
        what: `polls over HTTP, ${LOAD.connections} connections`,
        figure: load.perSecond,
        unit: '/s',
        baseline: { what, figure: baseline.perSecond },
        goal: atLeast(2000, 'at least 2,000 /s'),
      },
      {
        what: 'the same, time of an answer, p99',
        figure: load.p99,
        baseline: { what, figure: baseline.p99 },
        goal: atMost(50, 'under 50 ms'),
      },
    ];
  } finally {
    await bare.close();
  }
}

async function medianOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < POLLS; run += 1) times.push(await timed(work));
  return median(times.slice(POLLS / 5));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchPaper()));
