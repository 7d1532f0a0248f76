import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TIMEFRAME_MS } from '../src/candle.ts';
import { readCandleFile, readFundingFile } from '../src/market/files/read-market-rows.ts';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';

/**
 * `npx tsx scripts/make-recording.ts FOLDER` cuts the demo's recording (recording/README.md) out of longer market history:
 * `BTCUSDT-3m.csv.gz` and `BTCUSDT-funding.csv.gz` in FOLDER.
 */

/** Mondays between which no 3m candle is missing; together ten weeks. */
const STRETCHES = [
  ['2025-03-17', '2025-04-07'],
  ['2025-05-05', '2025-06-23'],
].map(([from, to]) => ({ from: Date.parse(from!), to: Date.parse(to!) }));

const folder = process.argv[2];
if (folder === undefined)
  throw new Error('Name the folder of the market history: npx tsx scripts/make-recording.ts FOLDER');

const isPlayed = (time: number) => STRETCHES.some(({ from, to }) => time >= from && time < to);
const weeksMs = STRETCHES.reduce((sum, { from, to }) => sum + to - from, 0);

const candles = (await readCandleFile(join(folder, 'BTCUSDT-3m.csv.gz'))).filter(({ openTime }) =>
  isPlayed(openTime),
);
const wanted = weeksMs / TIMEFRAME_MS['3m'];
if (candles.length !== wanted)
  throw new Error(`${wanted - candles.length} of the ${wanted} candles of the recording are missing.`);
const funding = (await readFundingFile(join(folder, 'BTCUSDT-funding.csv.gz'))).filter(({ time }) =>
  isPlayed(time),
);

await write('BTCUSDT-3m.csv.gz', 'open_time_ms,open,high,low,close,volume', candles.map(Object.values));
await write('BTCUSDT-funding.csv.gz', 'time_ms,funding_rate', funding.map(Object.values));

async function write(name: string, header: string, rows: readonly unknown[][]): Promise<void> {
  const lines = [header, ...rows.map((row) => row.join(','))];
  const bytes = gzipSync(`${lines.join('\n')}\n`, { level: 9 });
  await writeFile(join(PROJECT_ROOT, 'recording', name), bytes);
  console.log(`${name}: ${rows.length} rows, ${bytes.length} bytes`);
}
