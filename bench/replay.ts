import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createInferenceEngine } from '../src/models/engine.ts';
import type { Replay } from '../src/replays/replay-job.ts';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';
import { PRODUCTION_SHAPE, writeRandomForecaster, writeRandomPolicy } from '../test/helper/random-package.ts';
import { startTestService, type TestService } from '../test/helper/service.ts';
import { warmedUp } from '../test/helper/upload.ts';
import { alternate, atMost, type BenchResult, benchTable, ratioAtMost } from './measure.ts';

const DAY_MS = 24 * 60 * 60_000;
const DAYS = 30;
const RULES = 10;
const BATCHES = [2, 4, 8] as const;
const RUNS = { small: 20, production: 5 };
const RESOLUTION_MS = 1;
const WINDOW = 512 * 28;

/** A replay in the whole service, and the gain of batches of windows. @param model of the production size */
export async function benchReplay(model?: string): Promise<BenchResult[]> {
  return [...(await benchMonth()), ...(await benchBatches(model))];
}

/** A month of decisions of the default package in the whole service, with all candles from a local exchange. */
async function benchMonth(): Promise<BenchResult[]> {
  const service = await startTestService();
  try {
    await warmedUp(service.app, 'ppo_v1');
    const what = `replay of ${DAYS} days of the default package`;
    const first = await timeReplay(service);
    const again = await timeReplay(service);
    const others = await timeOtherRules(service);
    return [
      { what, figure: first.seconds, unit: 's', goal: atMost(5, 'under 5 s') },
      {
        what: `${what}, forecasts known`,
        figure: again.seconds,
        unit: 's',
        goal: atMost(1.5, 'under 1.5 s'),
      },
      {
        what: `${RULES} of them with different rules, the first included`,
        figure: first.seconds + others,
        unit: 's',
        baseline: { what: 'the first one', figure: first.seconds },
        goal: ratioAtMost(1.5),
      },
      {
        what: 'event loop delay during it, p99',
        figure: first.delayMs,
        goal: atMost(20, 'at most 20 ms'),
      },
      { what: 'event loop delay during it, longest', figure: first.longestMs },
      { what: 'decision on the newest candle during it, longest', figure: first.liveMs },
    ];
  } finally {
    await service.close();
  }
}

/** The time of further replays of the same range, each with another number of lots, in s. */
async function timeOtherRules({ services: { replays, clock } }: TestService): Promise<number> {
  const to = clock.now();
  const start = performance.now();
  for (let maxPositions = 1; maxPositions < RULES; maxPositions += 1)
    await replays.request(['ppo_v1'], { from: to - DAYS * DAY_MS, to, settings: { maxPositions } });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const states = (await replays.list(RULES + 2)).map(({ state }) => state);
    if (states.every((state) => state === 'DONE')) return (performance.now() - start) / 1000;
    if (states.includes('FAILED')) throw new Error('A replay failed.');
  }
}

async function timeReplay({ services }: TestService) {
  const { replays, decisions, history, registry, clock } = services;
  const to = clock.now();
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const start = performance.now();
  const [requested] = await replays.request(['ppo_v1'], { from: to - DAYS * DAY_MS, to });
  const { id } = requested as Replay;
  histogram.enable();
  const model = await registry.get('ppo_v1');
  const account = { equity: 10_000, lots: [] };
  let liveMs = 0;
  let replay: Replay;
  do {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const start = performance.now();
    const window = await history.window('BTCUSDT', model.pipeline);
    await decisions.decide(model, window, account, window.close);
    liveMs = Math.max(liveMs, performance.now() - start);
    replay = await replays.get(id);
  } while (replay.state === 'QUEUED' || replay.state === 'RUNNING');
  histogram.disable();
  if (replay.state !== 'DONE') throw new Error(`The replay is ${replay.state}: ${replay.error?.detail}`);
  return {
    seconds: (performance.now() - start) / 1000,
    delayMs: Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS),
    longestMs: Math.max(0, histogram.max / 1e6 - RESOLUTION_MS),
    liveMs,
  };
}

/** Forecasts of several windows at a time against one after the other, for a small and a large package. */
async function benchBatches(model: string | undefined): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'paperdesk-bench-'));
  const engine = createInferenceEngine({
    memoryBudgetBytes: 2 ** 31,
    log: { info() {}, warn: console.warn, error: console.error },
  });
  const windows = Float32Array.from({ length: 8 * WINDOW }, (_, i) => Math.sin(i * 1.7));
  try {
    const policyPath = join(folder, 'policy.zip');
    writeRandomPolicy(policyPath);
    const production = model ?? join(folder, 'production.pt');
    if (model === undefined) writeRandomForecaster(production, PRODUCTION_SHAPE);
    const packages = [
      ['default', join(PROJECT_ROOT, 'models', 'forecast_model.pt'), RUNS.small, 16],
      ['production', production, RUNS.production, 8],
    ] as const;
    const results: BenchResult[] = [];
    for (const [id, forecastPath, runs, stride] of packages) {
      const forecaster = { heads: 4, lookback: 512, stride };
      const files = { id, version: '1', forecastPath, policyPath, forecaster };
      for (const batch of BATCHES) {
        const figures = await alternate(runs, {
          together: () => engine.forecast(files, windows.subarray(0, batch * WINDOW), batch),
          single: () => engine.forecast(files, windows.subarray(0, WINDOW), 1),
        });
        results.push({
          what: `forecast of the ${id} size, per window in batches of ${batch}`,
          figure: figures.together / batch,
          baseline: { what: 'one at a time', figure: figures.single },
          ...(id === 'production' && batch === 8 ? { goal: ratioAtMost(0.83) } : {}),
        });
      }
    }
    return results;
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchReplay()));
