import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createReplay } from '../../../simulator/replay.ts';
import { startRecordedExchange } from '../../../simulator/server.ts';
import type { Candle, FundingRate } from '../../../src/candle.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { fitStoredScaler } from '../../../src/decisions/fit-stored-scaler.ts';
import { withFileReader } from '../../../src/formats/byte-reader.ts';
import type { StandardScaler } from '../../../src/formats/model-files.ts';
import { readScaler } from '../../../src/formats/sklearn/read-scaler.ts';
import {
  createMarketRepository,
  type MarketRepository,
} from '../../../src/market/store/market-repository.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { featureRows } from '../../../src/pipeline/features/feature-rows.ts';
import { ScalerFit } from '../../../src/pipeline/scaler-fit.ts';
import { runCommandHere } from '../../helper/command.ts';
import { rowsOf, testRecording, walk } from '../../helper/market.ts';

const STEP = 900_000;
const DAY = 96 * STEP;
const START = Date.UTC(2024, 0, 1);

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-commands-'));
  env = { DATABASE_URL: `file:${join(folder, 'store.sqlite')}` };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (command: string, ...args: string[]) => runCommandHere(command, args, env);

async function inStore<T>(work: (repository: MarketRepository) => Promise<T>): Promise<T> {
  const database = await openDatabase({ kind: 'sqlite', file: join(folder, 'store.sqlite') });
  try {
    return await work(createMarketRepository(database));
  } finally {
    await database.destroy();
  }
}

async function csvOf(name: string, candles: readonly Candle[]): Promise<string> {
  const lines = rowsOf(candles).map((row) => row.join(','));
  const text = ['open_time_ms,open,high,low,close,volume', ...lines, ''].join('\n');
  const path = join(folder, name);
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

async function fundingCsvOf(name: string, funding: readonly FundingRate[]): Promise<string> {
  const path = join(folder, name);
  const lines = funding.map(({ time, rate }) => `${time},${rate}`);
  await writeFile(path, ['time_ms,funding_rate', ...lines, ''].join('\n'));
  return path;
}

describe('import-candles', () => {
  test('puts candles and funding into the store, and says what is missing', async () => {
    const { candles, funding } = walk({ start: START, count: 1000 });
    const whole = await csvOf('ETHUSDT-15m.csv.gz', candles.toSpliced(500, 12).toSpliced(100, 1));
    const rates = await fundingCsvOf('ETHUSDT-funding.csv', funding);
    const { code, out } = await run('import-candles', whole, rates);
    expect(code).toBe(0);
    expect(out).toContain('987 15m candles of ETHUSDT from 2024-01-01T00:00:00.000Z');
    expect(out).toContain('13 candles are missing in 2 gaps');
    expect(out).toContain('2024-01-06T05:00:00.000Z to 2024-01-06T07:45:00.000Z: 12 missing');
    expect(out).toContain(`${funding.length} funding rates of ETHUSDT`);
    await inStore(async (repository) => {
      expect(await repository.candles.range('ETHUSDT', '15m', START, START + 100 * DAY)).toHaveLength(987);
      expect(await repository.funding.coverage('ETHUSDT')).toEqual({
        from: funding[0]?.time,
        to: funding.at(-1)?.time,
      });
    });
  });

  test('adds nothing twice, keeps what is stored, and replaces filled candles', async () => {
    const { candles } = walk({ start: START, count: 50 });
    const [first, second] = candles as [Candle, Candle];
    await inStore(async (repository) => {
      await repository.candles.store('ETHUSDT', '15m', [{ ...first, close: first.close + 0.01 }]);
      await repository.candles.storeFilled('ETHUSDT', '15m', [second]);
      const { openTime } = second;
      await repository.gaps.settle('ETHUSDT', '15m', { from: openTime, to: openTime }, START);
    });
    const file = await csvOf('ETHUSDT-15m.csv', candles);
    const once = await run('import-candles', file);
    expect(once.out).toContain('49 are new; 1 are stored with other numbers, which stay.');
    expect((await run('import-candles', file)).out).toContain('0 are new; 1 are stored');
    await inStore(async (repository) => {
      const stored = await repository.candles.range('ETHUSDT', '15m', START, START + DAY);
      expect(rowsOf(stored)).toEqual(rowsOf([{ ...first, close: first.close + 0.01 }, ...candles.slice(1)]));
      expect(stored.some(({ filled }) => filled)).toBe(false);
      expect(await repository.gaps.list('ETHUSDT', '15m')).toEqual([]);
    });
  });

  test('stores nothing of a file with a wrong row, and names file and line', async () => {
    const { candles } = walk({ start: START, count: 50 });
    const wrong = candles.map((candle, index) => (index === 30 ? { ...candle, high: 1 } : candle));
    const { code, err } = await run('import-candles', await csvOf('ETHUSDT-15m.csv', wrong));
    expect(code).toBe(1);
    expect(err).toMatch(/^ETHUSDT-15m\.csv: Line 32 cannot be used: the high 1 at /);
    expect(await inStore((repository) => repository.candles.newest('ETHUSDT', '15m', 1))).toEqual([]);
  });

  test.each([
    [['prices.csv'], 1, 'prices.csv does not say what it holds'],
    [['ETHUSDT-7m.csv'], 1, 'ETHUSDT-7m.csv does not say what it holds'],
    [['nowhere/ETHUSDT-15m.csv'], 1, 'no such file'],
    [[], 2, 'At least one file must be given.'],
    [['--what'], 2, "Unknown option '--what'"],
  ])('%j ends with %i', async (args, code, words) => {
    const result = await run('import-candles', ...args);
    expect(result.code).toBe(code);
    expect(result.err).toContain(words);
  });

  test('imports a folder, whatever is wrong with one file of it, and names what it left out', async () => {
    const { candles, funding } = walk({ start: START, count: 400 });
    await csvOf('ETHUSDT-15m-2024-01.csv', candles.slice(0, 200));
    await csvOf('ETHUSDT-15m-2024-02.csv', candles.slice(190).reverse());
    await csvOf('XRPUSDT-15m.csv', [{ ...(candles[0] as Candle), high: 1 }]);
    // As files of consecutive months: neither has the settlement before its first one.
    await fundingCsvOf('ETHUSDT-fundingRate-2024-01.csv', funding.slice(0, 5));
    await fundingCsvOf('ETHUSDT-fundingRate-2024-02.csv', funding.slice(5));
    await writeFile(join(folder, 'ETHUSDT-15m-2024-01.zip.CHECKSUM'), '');
    const { code, out, err } = await run('import-candles', folder);
    expect(code).toBe(1);
    expect(out).toContain('ETHUSDT-15m-2024-02.csv: 210 15m candles of ETHUSDT');
    expect(out).toContain('200 are new.');
    expect(out).toContain('209 rows were out of order and were sorted.');
    expect(out).toContain('1 file (ETHUSDT-15m-2024-01.zip.CHECKSUM): checksums are not read.');
    expect(out).toContain(
      `Imported 4 files with ${410 + funding.length} rows; ${400 + funding.length} are new. 1 cannot`,
    );
    expect(err).toContain('XRPUSDT-15m.csv: Line 2 cannot be used: the high 1');
    expect(err).toMatch(/100 %: .* bytes/);
    await inStore(async (repository) => {
      expect(await repository.candles.range('ETHUSDT', '15m', START, START + 100 * DAY)).toHaveLength(400);
      expect(await repository.funding.coverage('ETHUSDT')).toEqual({
        from: funding[0]?.time,
        to: funding.at(-1)?.time,
      });
    });
  });

  test('claims a new store for its market when it stores something, not before; an unknown exchange is refused', async () => {
    const { candles } = walk({ start: START, count: 5 });
    const wrong = await csvOf('XRPUSDT-15m.csv', [{ ...(candles[0] as Candle), high: 1 }]);
    const right = await csvOf('ETHUSDT-15m.csv', candles);
    Object.assign(env, { EXCHANGE: 'bybit' });
    expect((await run('import-candles', wrong)).code).toBe(1);
    Object.assign(env, { EXCHANGE: 'binanceusdm' });
    expect((await run('import-candles', right)).code).toBe(0);
    Object.assign(env, { EXCHANGE: 'bybit' });
    expect((await run('import-candles', right)).err).toContain(
      'This store holds the market "live binanceusdm"',
    );
    Object.assign(env, { EXCHANGE: 'binance' });
    const unknown = await run('import-candles', right);
    expect(unknown).toMatchObject({ code: 1, out: '' });
    expect(unknown.err).toContain('EXCHANGE=binance: must be binanceusdm or bybit');
  });

  test('refuses candles that are not closed yet', async () => {
    const start = Math.floor(Date.now() / STEP) * STEP - 5 * STEP;
    const { candles } = walk({ start, count: 6 });
    expect((await run('import-candles', await csvOf('ETHUSDT-15m.csv', candles))).err).toContain(
      'in the future',
    );
  });
});

describe('fit-scaler', () => {
  const count = 1200;
  const { candles, funding } = walk({ start: START, count });
  const out = () => join(folder, 'fitted.json');
  const order = (...more: string[]) => [
    ...['--symbol', 'ETHUSDT', '--from', '2024-01-01', '--out', out()],
    ...(more.length > 0 ? more : ['--to', new Date(START + count * STEP).toISOString()]),
  ];

  async function fill(without: (index: number) => boolean = () => false) {
    await inStore(async (repository) => {
      const stored = candles.filter((_, index) => !without(index));
      await repository.candles.store('ETHUSDT', '15m', stored);
      await repository.funding.store('ETHUSDT', funding, { from: START, to: START + count * STEP });
    });
  }

  test('writes what a scaler is fitted to, and the service reads it', async () => {
    await fill();
    const { code, out: said } = await run('fit-scaler', ...order());
    expect(said).toContain('Fitted to 528 rows of ETHUSDT');
    expect(code).toBe(0);
    const json = JSON.parse(await readFile(out(), 'utf8'));
    expect(json.fitted_on).toEqual({
      symbol: 'ETHUSDT',
      market: 'binanceusdm live',
      timeframe: '15m',
      from: new Date(START + 672 * STEP).toISOString(),
      to: new Date(START + (count - 1) * STEP).toISOString(),
      rows: 528,
    });
    const { features } = DEFAULT_PIPELINE;
    const fit = new ScalerFit(features.map(({ name }) => name));
    fit.add(featureRows(features, candles, funding));
    const fitted = fit.finish();
    const read = (await withFileReader(out(), readScaler)) as StandardScaler;
    expect([...read.mean]).toEqual([...fitted.mean]);
    expect([...read.scale]).toEqual([...fitted.scale]);
    expect(read.featureOrder).toEqual(fitted.featureOrder);
  });

  test('fills a few missing candles as the live window does', async () => {
    await fill((index) => index >= 900 && index < 908);
    expect((await run('fit-scaler', ...order())).out).toContain('Fitted to 528 rows');
  });

  const at = (index: number) => START + index * STEP;
  test.each<[string, (index: number) => boolean, number, string]>([
    [
      'a long gap',
      (index) => index >= 900 && index < 909,
      count,
      'The store lacks 9 15m candles of ETHUSDT from 2024-01-10T09',
    ],
    [
      'many gaps',
      (index) => index > 700 && index % 40 === 0,
      count,
      '12 of the 1200 candles of ETHUSDT are missing',
    ],
    ['no beginning', (index) => index === 0, count, 'lacks 1 15m candles of ETHUSDT from 2024-01-01T00:00'],
    ['no end', () => false, count + 4, 'The store lacks 4 15m candles'],
    ['no funding', () => false, count + 24, 'The store does not have all funding rates'],
    ['too few candles', () => false, 576, 'a row of features needs 673'],
  ])('a range with %s is refused', async (_name, without, end, words) => {
    await fill(without);
    const { features } = DEFAULT_PIPELINE;
    const range = { timeframe: '15m' as const, features, from: START, to: at(end - 1), onProgress() {} };
    await inStore(async (repository) => {
      const fitting = fitStoredScaler(repository, { symbol: 'ETHUSDT', market: 'a market', ...range });
      await expect(fitting).rejects.toMatchObject({ code: 'MARKET_DATA_INVALID' });
      await expect(fitting).rejects.toThrow(words);
    });
  });

  test.each([
    [['--to', '2024-01-07'], 1, 'a row of features needs 673'],
    [['--to', '2023-01-01'], 2, 'No candle opens from --from on'],
    [['--to', 'tomorrow'], 2, '--to tomorrow is not a time'],
  ])('%j ends with %i, and writes nothing', async (more, code, words) => {
    await fill();
    const result = await run('fit-scaler', ...order(...more));
    expect(result.err).toContain(words);
    expect(result.code).toBe(code);
    await expect(readFile(out())).rejects.toThrow('ENOENT');
  });
});

describe('backfill', () => {
  const now = Date.now();
  const from = Math.floor(now / DAY) * DAY - 60 * DAY;

  async function exchange() {
    const asked: string[] = [];
    const server = await startRecordedExchange({
      recording: await testRecording(),
      clock: Date.now,
      onRequest: ({ endpoint }) => void asked.push(String(endpoint)),
    });
    onTestFinished(() => server.close());
    Object.assign(env, {
      EXCHANGE_REST_URL: server.restUrl,
      EXCHANGE_WS_URL: server.wsUrl,
      MARKET_SOURCE: 'recorded',
    });
    return { server, asked };
  }

  test('fills the store, waits when told to, and asks for nothing twice', async () => {
    const { server, asked } = await exchange();
    const fault = { kind: 'status', status: 429, retryAfterSeconds: 1 } as const;
    server.faults.add({ endpoint: 'klines', fault, after: 2 });
    const day = (time: number) => new Date(time).toISOString().slice(0, 10);
    const order = ['--symbol', 'btc/usdt:usdt', '--from', day(from), '--to', day(from + 56 * DAY)];
    const first = await run('backfill', ...order);
    expect(first.err).toContain('100 %: 5,376 of 5,376 candles');
    expect(first.out).toContain('The store has 5376 candles (15m) of BTCUSDT');
    expect(first.code).toBe(0);
    const replay = createReplay(await testRecording());
    const to = from + 56 * DAY - STEP;
    await inStore(async (repository) => {
      const stored = await repository.candles.range('BTCUSDT', '15m', 0, to);
      expect(rowsOf(stored)).toEqual(rowsOf(replay.candles('15m', { from, to, limit: 1e6, now })));
      expect(await repository.funding.range('BTCUSDT', from, to)).toHaveLength(56 * 3);
    });
    asked.length = 0;
    expect((await run('backfill', ...order)).out).toContain('The store has 5376 candles');
    expect(asked).toEqual([]);
  });

  test.each([
    [['--symbol', 'BTCUSDT'], 2, '--from must be given.'],
    [
      ['--symbol', 'BTCUSDT', '--from', '2024-01-01', '--timeframe', '7m'],
      2,
      '--timeframe 7m is not one of 1m, 3m',
    ],
    [['--symbol', 'BTCUSDT', '--from', '2999-01-01'], 2, 'No candle both opens'],
    [['--symbol', 'BTCUSD', '--from', '2024-01-01'], 1, 'The closest ones are BTCUSDT.'],
  ])('%j ends with %i', async (args, code, words) => {
    await exchange();
    const result = await run('backfill', ...args);
    expect(result.err).toContain(words);
    expect(result.code).toBe(code);
  });
});
