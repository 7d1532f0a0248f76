import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withFileReader } from '../src/formats/byte-reader.ts';
import type { ForecasterSettings, WeightForm } from '../src/formats/model-files.ts';
import { readScaler } from '../src/formats/sklearn/read-scaler.ts';
import { readForecaster } from '../src/formats/torch/read-forecaster.ts';
import { readTensor } from '../src/formats/torch/read-tensor.ts';
import { createInferenceEngine, type InferenceEngine, type ModelFiles } from '../src/models/engine.ts';
import { removeInt8File } from '../src/models/int8-file.ts';
import { patchTstGraph } from '../src/models/patchtst-graph.ts';
import { createSession, type Session } from '../src/models/session.ts';
import { placeWeights } from '../src/models/weights.ts';
import { decisionWindow } from '../src/pipeline/decision-window.ts';
import { DEFAULT_PIPELINE } from '../src/pipeline/default-pipeline.ts';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';
import { goldenPackage, toCandles, toFunding } from '../test/helper/golden.ts';
import { PRODUCTION_SHAPE, writeRandomForecaster, writeRandomPolicy } from '../test/helper/random-package.ts';
import { alternate, atMost, type BenchResult, benchTable, median, ratioAtMost, timed } from './measure.ts';
import { startTorch } from './torch-process.ts';

const THREADS = 2;
const BATCH = 8;
const PACKAGES = 8;
const LOADS = 5;
/** OpenBLAS, which torch uses, has threads that spin for about 30 ms after each product. */
const REST_MS = 100;
/** The longest is measured once. */
const RESTS_MS = [0, 100, 1000, 3000, 60_000];
const RUNS_AFTER_REST = 5;
const PRODUCTION: ForecasterSettings = { heads: 4, lookback: 512, stride: 8 };
const window = Float32Array.from({ length: 512 * 28 }, (_, i) => Math.sin(i * 1.7));

export interface ForecastBenchOptions {
  /** A state dict of the production size with 4 heads; a random one (466 MB) by default. */
  readonly model?: string | undefined;
  readonly runs?: number;
}

/** A forecaster of the production size, with float32 and with 8-bit weights, and a small one. */
interface Subjects {
  readonly small: ModelFiles;
  readonly trained: ModelFiles;
  readonly int8: ModelFiles;
}

/** Forecasts of the production size through the engine, against the bare runtime in this process and torch. */
export async function benchForecast({ model, runs = 40 }: ForecastBenchOptions): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'paperdesk-bench-'));
  const policyPath = join(folder, 'policy.zip');
  writeRandomPolicy(policyPath);
  const small: ModelFiles = {
    ...{ id: 'small', version: '1', forecastPath: join(folder, 'small.pt'), policyPath },
    forecaster: { heads: 4, lookback: 512, stride: 64 },
  };
  writeRandomForecaster(small.forecastPath, { dModel: 8, layers: 1, patchLength: 64, stride: 64, hidden: 4 });
  const forecastPath = model ?? join(folder, 'production.pt');
  if (model === undefined) writeRandomForecaster(forecastPath, PRODUCTION_SHAPE);
  const trained: ModelFiles = { ...small, id: 'trained', forecastPath, forecaster: PRODUCTION };
  const int8: ModelFiles = { ...trained, id: 'int8', weights: 'int8' };
  const subjects = { small, trained, int8 };
  const engine = startEngine();
  try {
    await engine.forecast(small, window, 1);
    return [
      ...(await benchStart(subjects)),
      ...(await benchOneWindow(engine, subjects, runs)),
      ...(await benchRests(engine, subjects)),
      ...(await benchExactness(engine, subjects)),
      ...(await benchOthers(engine, trained, runs)),
      ...(await benchManyPackages(subjects, runs)),
    ];
  } finally {
    await engine.close();
    // No file is left next to a user's model.
    await removeInt8File(forecastPath);
    rmSync(folder, { recursive: true });
  }
}

function startEngine(): InferenceEngine {
  return createInferenceEngine({
    memoryBudgetBytes: 2 ** 31,
    threads: THREADS,
    log: { info() {}, warn: console.warn, error: console.error },
  });
}

async function benchStart({ small, trained, int8 }: Subjects): Promise<BenchResult[]> {
  const making = await measureLoad(small, int8);
  const loads = { float32: [] as number[], int8: [] as number[] };
  const memory = { trained: await measureLoad(small, trained), int8: await measureLoad(small, int8) };
  for (let load = 0; load < LOADS; load++) {
    loads.float32.push((await measureLoad(small, trained)).ms);
    loads.int8.push((await measureLoad(small, int8)).ms);
  }
  return [
    {
      what: 'load the production size',
      figure: median(loads.float32),
      goal: atMost(5000, 'under 5 s with validation'),
    },
    {
      what: 'load it with 8-bit weights, checked',
      figure: median(loads.int8),
      baseline: { what: 'float32', figure: median(loads.float32) },
    },
    { what: 'write the file of 8-bit weights and load it, once', figure: making.ms },
    {
      what: 'private memory of the production size',
      figure: memory.trained.privateMb,
      unit: 'MB',
      goal: atMost(150, 'under 150 MB'),
    },
    {
      what: 'memory with 8-bit weights, pages of files included',
      figure: memory.int8.residentMb,
      unit: 'MB',
      baseline: { what: 'float32', figure: memory.trained.residentMb },
      goal: ratioAtMost(0.3),
    },
  ];
}

/** Memory that a loaded model adds to a process with a small one, after its first forecast. */
async function measureLoad(small: ModelFiles, files: ModelFiles) {
  const engine = startEngine();
  await engine.forecast(small, window, 1);
  const before = memoryOf(engine);
  const ms = await timed(() => engine.load(files));
  await engine.forecast(files, window, 1);
  const after = memoryOf(engine);
  await engine.close();
  return {
    ms,
    privateMb: after.privateMb - before.privateMb,
    residentMb: after.residentMb - before.residentMb,
  };
}

async function benchOneWindow(
  engine: InferenceEngine,
  { trained, int8 }: Subjects,
  runs: number,
): Promise<BenchResult[]> {
  const what = 'forecast, one window';
  const bare = await bareSession(trained.forecastPath, trained.forecaster);
  const torch = await startTorch(trained.forecastPath, THREADS);
  const works = {
    engine: () => engine.forecast(trained, window, 1),
    bare: () => bare.run(window, [1, 512, 28]),
    int8: () => engine.forecast(int8, window, 1),
    torch: torch?.forecast ?? (async () => Number.NaN),
  };
  const times = await alternate(runs, works, REST_MS);
  await bare.dispose();
  torch?.close();
  return [
    {
      what,
      figure: times.engine,
      baseline: { what: 'bare onnxruntime', figure: times.bare },
      goal: ratioAtMost(1.3),
    },
    torch === undefined
      ? { what: `${what} (apt install python3-torch to compare with torch)`, figure: times.engine }
      : {
          what,
          figure: times.engine,
          baseline: { what: `torch ${torch.version}`, figure: times.torch },
          goal: ratioAtMost(0.45),
        },
    {
      what: `${what}, 8-bit weights`,
      figure: times.int8,
      baseline: { what: 'float32', figure: times.engine },
      goal: ratioAtMost(0.75),
    },
  ];
}

/** Forecasts after a rest, in which the system may take memory or its tables away. */
async function benchRests(engine: InferenceEngine, { trained, int8 }: Subjects): Promise<BenchResult[]> {
  const torch = await startTorch(trained.forecastPath, THREADS);
  const works = {
    float32: () => engine.forecast(trained, window, 1),
    int8: () => engine.forecast(int8, window, 1),
    torch: torch?.forecast ?? (async () => Number.NaN),
  };
  const results: BenchResult[] = [];
  for (const restMs of RESTS_MS) {
    const times = { float32: [] as number[], int8: [] as number[], torch: [] as number[] };
    for (let run = 0; run < (restMs < 10_000 ? RUNS_AFTER_REST : 1); run += 1) {
      for (const form of ['float32', 'int8', 'torch'] as const) {
        if (form === 'torch' && torch === undefined) continue;
        await delay(restMs);
        const start = performance.now();
        const own = await works[form]();
        times[form].push(typeof own === 'number' ? own : performance.now() - start);
      }
    }
    for (const form of ['float32', 'int8'] as const)
      results.push({
        what: `forecast after a rest of ${restMs / 1000} s, ${form}`,
        figure: median(times[form]),
        ...(torch === undefined
          ? {}
          : { baseline: { what: 'torch', figure: median(times.torch) }, goal: ratioAtMost(0.5) }),
      });
  }
  torch?.close();
  return results;
}

/** On windows of the market; the weights are random, and trained ones may have other errors. */
async function benchExactness(engine: InferenceEngine, { trained, int8 }: Subjects): Promise<BenchResult[]> {
  const scaler = await withFileReader(join(PROJECT_ROOT, 'models', 'scaler.json'), readScaler);
  let worst = 0;
  for (const { candles, funding } of goldenPackage('ppo_v1').cases) {
    const { scaled } = decisionWindow(DEFAULT_PIPELINE, toCandles(candles), toFunding(funding), scaler);
    const exact = await engine.forecast(trained, scaled, 1);
    const rounded = await engine.forecast(int8, scaled, 1);
    const difference = exact.reduce((sum, value, i) => sum + Math.abs(value - rounded[i]!), 0) / exact.length;
    let width = 0;
    for (let low = 0; low < exact.length; low += 3) width += Math.abs(exact[low + 2]! - exact[low]!);
    worst = Math.max(worst, difference / (width / (exact.length / 3)));
  }
  return [
    {
      what: "error of 8-bit weights, mean of the worst window, of its band's width",
      figure: worst * 100,
      unit: '%',
      goal: atMost(2, 'at most 2 %'),
    },
  ];
}

async function benchOthers(engine: InferenceEngine, files: ModelFiles, runs: number): Promise<BenchResult[]> {
  const observation = new Float32Array(72);
  const windows = new Float32Array(BATCH * window.length).map((_, i) => window[i % window.length]!);
  const delay = await eventLoopDelay(runs, () => engine.forecast(files, window, 1));
  const { act } = await alternate(runs * 10, { act: () => engine.act(files, observation) });
  const { batch, single } = await alternate(Math.ceil(runs / 4), {
    batch: () => engine.forecast(files, windows, BATCH),
    single: () => engine.forecast(files, window, 1),
  });
  return [
    { what: 'event loop delay while forecasting, p99', figure: delay, goal: atMost(15, 'under 15 ms') },
    { what: 'action of the policy', figure: act },
    {
      what: `forecast, per window in batches of ${BATCH}`,
      figure: batch / BATCH,
      baseline: { what: 'one at a time', figure: single },
      goal: ratioAtMost(0.83),
    },
  ];
}

async function benchManyPackages({ small, trained, int8 }: Subjects, runs: number): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const [form, files] of [
    ['float32', trained],
    ['int8', int8],
  ] as [WeightForm, ModelFiles][]) {
    const engine = startEngine();
    await engine.forecast(small, window, 1);
    const before = memoryOf(engine).privateMb;
    const packages = Array.from({ length: PACKAGES }, (_, index) => ({ ...files, id: `package ${index}` }));
    for (const one of packages) await engine.forecast(one, window, 1);
    const memory = memoryOf(engine).privateMb - before;
    let count = 0;
    const { switching, same } = await alternate(runs, {
      switching: () => engine.forecast(packages[1 + (count++ % (PACKAGES - 1))]!, window, 1),
      same: () => engine.forecast(packages[0]!, window, 1),
    });
    const loaded = engine.status().models.length - 1;
    await engine.close();
    results.push(
      {
        what: `private memory of ${loaded} packages of the production size, ${form}`,
        figure: memory,
        unit: 'MB',
        ...(form === 'float32' ? { goal: atMost(1000, 'under 1 GB') } : {}),
      },
      {
        what: `forecast of another package each time, ${form}`,
        figure: switching,
        baseline: { what: 'of the same one', figure: same },
        goal: ratioAtMost(1.2),
      },
    );
  }
  return results;
}

/** The same graph with the same settings, without the inference process. */
async function bareSession(path: string, settings: ForecasterSettings): Promise<Session> {
  return withFileReader(path, async (reader) => {
    const { shape, weights } = await readForecaster(reader);
    const placed = await placeWeights(reader, weights, readTensor);
    const model = patchTstGraph({ ...shape, ...settings }, placed, basename(path)).encode();
    return createSession(model, { folder: dirname(path), threads: THREADS });
  });
}

/** 99th percentile of the delay of this process's timers during consecutive forecasts, in ms. */
async function eventLoopDelay(runs: number, forecast: () => Promise<unknown>): Promise<number> {
  const resolution = 1;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  for (let run = 0; run < runs; run++) await forecast();
  histogram.disable();
  return Math.max(0, histogram.percentile(99) / 1e6 - resolution);
}

/** Private and resident memory of the inference process in MB; 0 if the system does not report it. */
function memoryOf(engine: InferenceEngine): { privateMb: number; residentMb: number } {
  const path = `/proc/${engine.status().pid}/smaps_rollup`;
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const megabytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024;
  return { privateMb: megabytes('Anonymous'), residentMb: megabytes('Rss') };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { model: { type: 'string' } } });
  console.log(benchTable(await benchForecast(values)));
}
