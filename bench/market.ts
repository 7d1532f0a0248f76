// promise: docs/operations.md "symbols |"

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { loadRecording } from '../simulator/recording.ts';
import { startRecordedExchange } from '../simulator/server.ts';
import { type Candle, TIMEFRAME_MS } from '../src/candle.ts';
import { openDatabase } from '../src/db/open-database.ts';
import { createExchange } from '../src/market/exchange/exchange.ts';
import { findMarketFiles } from '../src/market/files/find-market-files.ts';
import { importMarketFile } from '../src/market/files/import-market-file.ts';
import { createMarketRepository, type MarketRepository } from '../src/market/store/market-repository.ts';
import { createMarketHistory } from '../src/market/sync/market-history.ts';
import { createMarketLoaders } from '../src/market/sync/market-loaders.ts';
import { DEFAULT_PIPELINE } from '../src/pipeline/default-pipeline.ts';
import { SYSTEM_TIMERS } from '../src/runtime/timers.ts';
import { atMost, type BenchResult, benchTable, quantile } from './measure.ts';

const CANDLES = 160_000;
const READS = 200;
const WINDOWS = 100_000;
const WINDOWS_AT_ONCE = 100;
const STEP_MS = TIMEFRAME_MS['15m'];
const log = { info() {}, warn() {}, error() {} };

/** Import of years of candles into a store on disk, reads of the newest ones, and windows for decisions. */
export async function benchMarket(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  const database = await openDatabase({ kind: 'sqlite', file: join(folder, 'store.sqlite') });
  try {
    const repository = createMarketRepository(database);
    return [
      ...(await benchStore(repository, folder)),
      ...(await benchWindow(createMarketRepository(database))),
    ];
  } finally {
    await database.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchStore(repository: MarketRepository, folder: string): Promise<BenchResult[]> {
  const file = join(folder, 'ETHUSDT-15m.csv.gz');
  await writeFile(file, gzipSync(csvOf(CANDLES)));
  const begun = performance.now();
  const { files } = await findMarketFiles([file]);
  await importMarketFile(files[0]!, repository, { now: Date.now() });
  const imported = performance.now() - begun;
  const reads = await timesOf(READS, () => repository.candles.newest('ETHUSDT', '15m', 1500));
  return [
    {
      what: `import of ${CANDLES.toLocaleString('en')} candles from gzipped CSV`,
      figure: imported,
      goal: atMost(5000, 'under 5 s'),
    },
    {
      what: '1500 newest candles from the store, median',
      figure: quantile(reads, 0.5),
      goal: atMost(5, 'under 5 ms'),
    },
    {
      what: '1500 newest candles from the store, 99 %',
      figure: quantile(reads, 0.99),
      goal: atMost(5, 'under 5 ms'),
    },
  ];
}

async function benchWindow(repository: MarketRepository): Promise<BenchResult[]> {
  const recording = await loadRecording(fileURLToPath(new URL('../recording', import.meta.url)));
  const server = await startRecordedExchange({ recording, clock: Date.now });
  const parts = { clock: Date.now, timers: SYSTEM_TIMERS, log };
  const { restUrl, wsUrl } = server;
  const exchange = createExchange({ ...parts, id: 'binanceusdm', restUrl, wsUrl });
  try {
    const open = () => {
      const loaders = createMarketLoaders({ ...parts, exchange, repository });
      return createMarketHistory({ ...parts, exchange, repository, loaders });
    };
    const cold = open();
    const begun = performance.now();
    await cold.window('BTCUSDT', DEFAULT_PIPELINE);
    const first = performance.now() - begun;
    const starts = await timesOf(20, () => open().window('BTCUSDT', DEFAULT_PIPELINE));
    const warm = await timesOf(WINDOWS / WINDOWS_AT_ONCE, async () => {
      for (let i = 0; i < WINDOWS_AT_ONCE; i += 1) await cold.window('BTCUSDT', DEFAULT_PIPELINE);
    });
    return [
      {
        what: 'window for a decision, cold, from a local server',
        figure: first,
        goal: atMost(3000, 'under 3 s on a normal line'),
      },
      { what: 'window, first one after a restart, median', figure: quantile(starts, 0.5) },
      {
        what: 'window from memory, median',
        figure: quantile(warm, 0.5) / WINDOWS_AT_ONCE,
        goal: 'one revision query',
      },
      { what: 'window from memory, 99 %', figure: quantile(warm, 0.99) / WINDOWS_AT_ONCE },
    ];
  } finally {
    await exchange.close();
    await server.close();
  }
}

/** The time of each of `runs` in ms, ascending. */
async function timesOf(runs: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs + 5; run += 1) {
    const begun = performance.now();
    await work();
    if (run >= 5) times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b);
}

function csvOf(count: number): string {
  const lines = ['open_time_ms,open,high,low,close,volume'];
  const end = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  let close = 3000;
  for (let openTime = end - count * STEP_MS; openTime < end; openTime += STEP_MS) {
    const open = close;
    close = Number((open * (1 + 0.002 * Math.sin(openTime / STEP_MS))).toFixed(2));
    const candle: Candle = {
      ...{ openTime, open, close, volume: 12.345 },
      high: Number((Math.max(open, close) * 1.001).toFixed(2)),
      low: Number((Math.min(open, close) * 0.999).toFixed(2)),
    };
    lines.push([openTime, open, candle.high, candle.low, close, candle.volume].join(','));
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchMarket()));
