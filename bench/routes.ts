// promise: docs/operations.md "trades, equity points"

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import { startTestService } from '../test/helper/service.ts';
import { warmedUp } from '../test/helper/upload.ts';
import { fillStore } from './big-store.ts';
import { atMost, type BenchResult, benchTable, quantile, timed } from './measure.ts';

const SIZE = { packages: 100, trades: 100_000, equityPoints: 1_000_000 };
const ROUTES = [
  '/model-packages',
  '/paper/dashboard/bench-1',
  '/paper/account/bench-1/performance',
  '/paper/equity/bench-1',
  '/paper/trades/bench-1',
  '/paper/positions/bench-1',
  '/paper/ledger/bench-1',
  '/paper/decisions/bench-1',
  '/paper/compare',
];
const RUNS = 300;

/** Lists and dashboards of a store with years of data, each compared with a bare route with the same bytes. */
export async function benchRoutes(): Promise<BenchResult[]> {
  const service = await startTestService();
  const bare = Fastify();
  try {
    await warmedUp(service.app, 'ppo_v1');
    await service.services.desk.accounts.get('ppo_v1');
    await fillStore(service.config.store, SIZE, service.services.clock.now());
    await service.restart();
    await untilIdle();
    const bodies = new Map<string, string>();
    for (const url of ROUTES) {
      const { statusCode, payload } = await service.app.inject(url);
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}: ${payload}`);
      bodies.set(url, payload);
      bare.get(url, (_request, reply) => reply.type('application/json').send(payload));
    }
    await Promise.all([service.app, bare].map((app) => app.listen({ port: 0, host: '127.0.0.1' })));
    const results: BenchResult[] = [];
    for (const url of ROUTES) {
      const times = { ours: [] as number[], bare: [] as number[] };
      for (let run = 0; run < RUNS + 10; run += 1) {
        const ours = await timed(() => read(service.app.listeningOrigin + url));
        const theirs = await timed(() => read(bare.listeningOrigin + url));
        if (run < 10) continue;
        times.ours.push(ours);
        times.bare.push(theirs);
      }
      for (const [name, share] of [
        ['median', 0.5],
        ['p99', 0.99],
      ] as const) {
        results.push({
          what: `GET ${url}, ${name}`,
          figure: quantile(times.ours.sort(ascending), share),
          baseline: { what: 'bare Fastify', figure: quantile(times.bare.sort(ascending), share) },
          ...(name === 'p99' ? { goal: atMost(50, 'p99 under 50 ms') } : {}),
        });
      }
    }
    return results;
  } finally {
    await bare.close();
    await service.close();
  }
}

/** Waits until the service has read what statistics need after a start: then its thread is idle. */
async function untilIdle(): Promise<void> {
  for (let before = performance.eventLoopUtilization(); ; before = performance.eventLoopUtilization()) {
    await delay(1000);
    if (performance.eventLoopUtilization(before).utilization < 0.1) return;
  }
}

async function read(url: string): Promise<void> {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
}

function ascending(a: number, b: number): number {
  return a - b;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchRoutes()));
