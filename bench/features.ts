import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Candle, FundingRate } from '../src/candle.ts';
import { DEFAULT_PIPELINE } from '../src/pipeline/default-pipeline.ts';
import { ColumnPool } from '../src/pipeline/features/candle-series.ts';
import { FeatureRows } from '../src/pipeline/features/feature-rows.ts';
import { atMost, type BenchResult, benchTable, quantile, timeRuns } from './measure.ts';
import { plainFeatures } from './plain-features.ts';

const RUNS = 400;
const PLAIN_RUNS = 40;
const PANDAS_RUNS = 15;
const APPENDS = 40_000;
const { features, warmUpRows } = DEFAULT_PIPELINE;

interface Window {
  readonly candles: number[][];
  readonly funding: number[][];
}

/** 1500 candles of BTCUSDT and their funding. */
function readWindow(): Window {
  const path = new URL('../test/fixtures/golden/core_features_1500.json.gz', import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as Window;
}

/** The times of single appends in ms, ascending, over many buffers that grow to the window's length. */
function timeAppends(candles: readonly Candle[], funding: readonly FundingRate[]): Float64Array {
  const times: number[] = [];
  while (times.length < APPENDS) {
    const rows = new FeatureRows(features, funding, candles.length);
    for (const candle of candles) {
      const start = performance.now();
      rows.append([candle]);
      rows.rows(rows.length - 1);
      times.push(performance.now() - start);
    }
  }
  // The code is compiled during the first 25 % of the runs.
  return Float64Array.from(times.slice(APPENDS / 4)).sort();
}

/** Median time of pandas in ms; undefined if Debian's python3-pandas is not installed. */
function timePandas(window: Window): number | undefined {
  const script = fileURLToPath(new URL('./pandas_features.py', import.meta.url));
  const input = JSON.stringify({ candles: window.candles, funding: window.funding, runs: PANDAS_RUNS });
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-W', 'ignore', script], {
    input,
    encoding: 'utf8',
  });
  return status === 0 ? Number(stdout) : undefined;
}

/** A baseline must compute the same. */
function checkEqual(ours: Float64Array, plain: Float64Array): void {
  const from = warmUpRows * features.length;
  const differs = ours.findIndex(
    (value, i) => i >= from && !(Math.abs(value - plain[i]!) <= 1e-9 * Math.max(1, Math.abs(value))),
  );
  if (differs !== -1)
    throw new Error(`The plain features differ at ${differs}: ${plain[differs]} for ${ours[differs]}.`);
}

export function benchFeatures(): BenchResult[] {
  const window = readWindow();
  const candles = window.candles.map(([openTime, open, high, low, close, volume]) => {
    return { openTime: openTime!, open: open!, high: high!, low: low!, close: close!, volume: volume! };
  });
  const funding = window.funding.map(([time, rate]) => ({ time: time!, rate: rate! }));
  const pool = new ColumnPool(candles.length);
  /** As a decision computes them: its columns are those of the decision before. */
  const compute = () => {
    pool.reset();
    const rows = new FeatureRows(features, funding, pool);
    rows.append(candles);
    return rows.rows(0);
  };
  checkEqual(compute(), plainFeatures(candles, funding));

  const batch = quantile(timeRuns(RUNS, compute), 0.5);
  const plain = quantile(
    timeRuns(PLAIN_RUNS, () => plainFeatures(candles, funding)),
    0.5,
  );
  const appends = timeAppends(candles, funding);
  const pandas = timePandas(window);
  const what = '28 features over 1500 candles';
  return [
    {
      what,
      figure: batch,
      baseline: { what: 'each window recomputed', figure: plain },
      goal: atMost(1.5, 'under 1.5 ms'),
    },
    pandas === undefined
      ? { what: `${what} (apt install python3-pandas to compare with pandas)`, figure: batch }
      : { what, figure: batch, baseline: { what: 'pandas', figure: pandas } },
    {
      what: 'append of one candle, median',
      figure: quantile(appends, 0.5),
      goal: atMost(0.02, 'under 20 µs'),
    },
    {
      what: 'append of one candle, 99.9 %',
      figure: quantile(appends, 0.999),
      goal: atMost(0.02, 'under 20 µs'),
    },
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(benchFeatures()));
