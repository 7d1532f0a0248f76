import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withFileReader } from '../src/formats/byte-reader.ts';
import { encodeModel } from '../src/formats/onnx/encode.ts';
import { readForecaster } from '../src/formats/torch/forecaster-file.ts';
import { readTensor } from '../src/formats/torch/torch.ts';
import { createInferenceEngine, type InferenceEngine, type ModelFiles } from '../src/inference/engine.ts';
import { patchTstGraph } from '../src/inference/patchtst-graph.ts';
import { createSession, type Session } from '../src/inference/session.ts';
import { placeWeights } from '../src/inference/weights.ts';
import { PRODUCTION_SHAPE, writeForecaster, writePolicy } from '../test/helper/make-package.ts';
import { type BenchResult, benchTable, quantile } from './measure.ts';

const THREADS = 2;
const BATCH = 8;
const PACKAGES = 8;
const window = Float32Array.from({ length: 512 * 28 }, (_, i) => Math.sin(i * 1.7));

export interface ForecastBenchOptions {
  /** A state dict of the production size; one is made (466 MB) where none is named. */
  readonly model?: string | undefined;
  /** A script that prints torch's time for it, as `time FILE THREADS`. */
  readonly torch?: string | undefined;
  readonly runs?: number;
}

/** Forecasts of the production size through the engine, against the bare runtime in this process and torch. */
export async function benchForecast({
  model,
  torch,
  runs = 40,
}: ForecastBenchOptions): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'paperdesk-bench-'));
  const engine = createInferenceEngine({
    memoryBudgetBytes: 2 ** 31,
    threads: THREADS,
    log: { info() {}, warn: console.warn, error: console.error },
  });
  try {
    const policyPath = join(folder, 'policy.zip');
    writePolicy(policyPath);
    const small = { id: 'small', version: '1', forecastPath: join(folder, 'small.pt'), policyPath };
    writeForecaster(small.forecastPath, { dModel: 8, layers: 1, patchLength: 64, stride: 64, hidden: 4 });
    const forecastPath = model ?? join(folder, 'production.pt');
    if (model === undefined) writeForecaster(forecastPath, PRODUCTION_SHAPE);
    const files = { ...small, id: 'production', forecastPath };

    // A process with a small model in it is what the large one comes on top of.
    await engine.forecast(small, window, 1);
    const empty = privateMegabytes(engine);
    return [
      ...(await benchStart(engine, files, empty)),
      ...(await benchOneWindow(engine, files, runs, torch)),
      ...(await benchOthers(engine, files, runs)),
      ...(await benchManyPackages(engine, files, runs, empty)),
    ];
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
}

async function benchStart(engine: InferenceEngine, files: ModelFiles, empty: number): Promise<BenchResult[]> {
  const loading = await timed(() => engine.load(files));
  const first = await timed(() => engine.forecast(files, window, 1));
  const memory = privateMegabytes(engine) - empty;
  return [
    { what: 'load the production size', figure: loading, goal: 'under 5 s with validation' },
    { what: 'its first forecast', figure: first },
    { what: 'private memory after it', figure: memory, unit: 'MB', goal: 'under 150 MB' },
  ];
}

async function benchOneWindow(
  engine: InferenceEngine,
  files: ModelFiles,
  runs: number,
  torch: string | undefined,
): Promise<BenchResult[]> {
  const what = 'forecast, one window';
  const bare = await bareSession(files.forecastPath);
  const [ours, theirs] = await alternate(
    runs,
    () => engine.forecast(files, window, 1),
    () => bare.run(window, [1, 512, 28]),
  );
  await bare.dispose();
  const against = (name: string, figure: number, goal: string): BenchResult => ({
    what,
    figure: ours,
    baseline: { what: name, figure },
    goal,
  });
  const result = against('bare onnxruntime', theirs, 'ratio at most 1.3');
  if (torch === undefined)
    return [result, { what: `${what} (name a script to compare with torch)`, figure: ours }];
  return [result, against('torch', torchMilliseconds(torch, files.forecastPath), 'ratio at most 0.45')];
}

async function benchOthers(engine: InferenceEngine, files: ModelFiles, runs: number): Promise<BenchResult[]> {
  const observation = new Float32Array(72);
  const windows = new Float32Array(BATCH * window.length).map((_, i) => window[i % window.length]!);
  const delay = await eventLoopDelay(runs, () => engine.forecast(files, window, 1));
  const [act] = await alternate(
    runs * 10,
    () => engine.act(files, observation),
    async () => {},
  );
  const [batch, single] = await alternate(
    Math.ceil(runs / 4),
    () => engine.forecast(files, windows, BATCH),
    () => engine.forecast(files, window, 1),
  );
  return [
    { what: 'event loop delay while forecasting, p99', figure: delay, goal: 'under 15 ms' },
    { what: 'action of the policy', figure: act },
    {
      what: `forecast, per window in batches of ${BATCH}`,
      figure: batch / BATCH,
      baseline: { what: 'one at a time', figure: single },
      goal: 'ratio at most 0.83',
    },
  ];
}

async function benchManyPackages(
  engine: InferenceEngine,
  files: ModelFiles,
  runs: number,
  empty: number,
): Promise<BenchResult[]> {
  const packages = Array.from({ length: PACKAGES }, (_, index) => ({ ...files, id: `package ${index}` }));
  await engine.unload(files.id);
  for (const one of packages) await engine.forecast(one, window, 1);
  const memory = privateMegabytes(engine) - empty;
  let turn = 0;
  const [switching, same] = await alternate(
    runs,
    () => engine.forecast(packages[1 + (turn++ % (PACKAGES - 1))]!, window, 1),
    () => engine.forecast(packages[0]!, window, 1),
  );
  return [
    { what: `private memory of ${PACKAGES} such packages`, figure: memory, unit: 'MB', goal: 'under 1 GB' },
    {
      what: 'forecast of another package each time',
      figure: switching,
      baseline: { what: 'of the same one', figure: same },
    },
  ];
}

/** The same graph with the same settings, without the process around it. */
async function bareSession(path: string): Promise<Session> {
  return withFileReader(path, async (reader) => {
    const { architecture, weights } = await readForecaster(reader);
    const placed = await placeWeights(reader, weights, readTensor);
    const model = encodeModel(patchTstGraph(architecture, placed, basename(path)));
    return createSession(model, { folder: dirname(path), threads: THREADS });
  });
}

/** The medians of two works in ms, run in turns, so that whatever else the machine does falls on both. */
async function alternate(
  runs: number,
  ...works: [() => Promise<unknown>, () => Promise<unknown>]
): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run < runs + 2; run++) {
    for (const index of [0, 1] as const) times[index].push(await timed(works[index]));
  }
  const median = (all: number[]) =>
    quantile(
      all.slice(2).sort((a, b) => a - b),
      0.5,
    );
  return [median(times[0]), median(times[1])];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** 99th percentile in ms of how late this process' timers are while forecasts follow each other. */
async function eventLoopDelay(runs: number, forecast: () => Promise<unknown>): Promise<number> {
  const resolution = 1;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  for (let run = 0; run < runs; run++) await forecast();
  histogram.disable();
  return Math.max(0, histogram.percentile(99) / 1e6 - resolution);
}

/** Memory of the inference process that is not that of a file, in MB; 0 where the system does not tell. */
function privateMegabytes(engine: InferenceEngine): number {
  const path = `/proc/${engine.status().pid}/smaps_rollup`;
  if (!existsSync(path)) return 0;
  return Number(/^Anonymous:\s+(\d+) kB/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0) / 1024;
}

/** torch's median in ms, as the script measures it with Debian's python. */
function torchMilliseconds(script: string, path: string): number {
  const output = execFileSync('/usr/bin/python3', [script, 'time', path, `${THREADS}`], { encoding: 'utf8' });
  return Number(/median ([\d.]+) ms/.exec(output)?.[1]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { model: { type: 'string' }, torch: { type: 'string' } } });
  console.log(benchTable(await benchForecast(values)));
}
