import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Candle } from '../../../src/candle.ts';
import { findMarketFiles } from '../../../src/market/files/find-market-files.ts';
import { marketFileOf } from '../../../src/market/files/market-file-name.ts';
import { readText } from '../../../src/market/files/market-texts.ts';
import { readCandleRows, readFundingRows } from '../../../src/market/files/read-market-rows.ts';
import { writeZip } from '../../helper/zip-writer.ts';

const HEADER = 'open_time_ms,open,high,low,close,volume';
const T = Date.UTC(2025, 0, 1);
const STEP = 900_000;
const CANDLES: Candle[] = [0, 1, 2, 3].map((index) => {
  const base = 93_548.8 + index;
  return {
    openTime: T + index * STEP,
    open: base,
    high: base + 10,
    low: base - 10,
    close: base + 5,
    volume: 988.149,
  };
});

/** In pieces, so that lines and rows are cut anywhere. */
async function* piecesOf(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}

async function candlesOf(text: string, symbol = 'BTCUSDT') {
  const rows = await readCandleRows(piecesOf(text), { symbol, content: '15m' });
  return { ...rows, list: rows.slice(0, rows.length) };
}

const numbers = ({ openTime, ...rest }: Candle, time: unknown = openTime) => [time, ...Object.values(rest)];
const csv = (rows: readonly unknown[][], header = HEADER, separator = ',') =>
  [...(header === '' ? [] : [header]), ...rows.map((row) => row.join(separator)), ''].join('\n');
const vision = (candle: Candle, factor = 1) => {
  const close = (candle.openTime + STEP) * factor - 1;
  return [
    ...numbers(candle, candle.openTime * factor),
    close,
    92_521_576.6488,
    6918,
    474.312,
    44_410_356.79,
    0,
  ];
};
const VISION_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';
const iso = (time: number, offset = 0) => new Date(time + offset).toISOString().slice(0, 19);

describe('candles are the same in every form', () => {
  test.each<[string, string]>([
    ['our own', csv(CANDLES.map((one) => numbers(one)))],
    [
      'CRLF, a byte order mark, blank lines',
      `\uFEFF${csv(CANDLES.map((one) => numbers(one))).replaceAll('\n', '\r\n')}\r\n`,
    ],
    [
      "Binance's, with names",
      csv(
        CANDLES.map((one) => vision(one)),
        VISION_HEADER,
      ),
    ],
    [
      "Binance's, without names",
      csv(
        CANDLES.map((one) => vision(one)),
        '',
      ),
    ],
    [
      "Binance's, in µs",
      csv(
        CANDLES.map((one) => vision(one, 1000)),
        '',
      ),
    ],
    [
      'files joined, names again and again',
      csv([[VISION_HEADER], ...CANDLES.map((one) => vision(one)), [VISION_HEADER]], VISION_HEADER),
    ],
    ['names after the first file', csv([...CANDLES.map((one) => vision(one)), [VISION_HEADER]], '')],
    [
      'seconds',
      csv(
        CANDLES.map((one) => numbers(one, one.openTime / 1000)),
        'time,open,high,low,close,volume',
      ),
    ],
    [
      'ns',
      csv(
        CANDLES.map((one) => numbers(one, `${one.openTime}000000`)),
        'timestamp,open,high,low,close,volume',
      ),
    ],
    ['floats of pandas', csv(CANDLES.map((one) => numbers(one, `${one.openTime}.0`)))],
    [
      'ISO with Z',
      csv(
        CANDLES.map((one) => numbers(one, `${iso(one.openTime)}Z`)),
        'date,open,high,low,close,volume',
      ),
    ],
    [
      'ISO without a zone',
      csv(
        CANDLES.map((one) => numbers(one, iso(one.openTime).replace('T', ' '))),
        'date,open,high,low,close,volume',
      ),
    ],
    [
      'ISO with ms and an offset',
      csv(
        CANDLES.map((one) => numbers(one, `${iso(one.openTime, -16_200_000)}.000-0430`)),
        'Date,Open,High,Low,Close,Volume',
      ),
    ],
    [
      'the index of pandas',
      csv(
        CANDLES.map((one, index) => [index, ...numbers(one)]),
        ',timestamp,open,high,low,close,volume',
      ),
    ],
    [
      'the index of pandas as the time',
      csv(
        CANDLES.map((one) => numbers(one, `${iso(one.openTime)}+00:00`)),
        ',open,high,low,close,volume',
      ),
    ],
    [
      'other columns in another order',
      csv(
        CANDLES.map(({ openTime, open, high, low, close, volume }) => [
          'BTC/USDT',
          volume,
          close,
          low,
          high,
          open,
          openTime,
          7,
        ]),
        'symbol,volume,close,low,high,open,timestamp,trades',
      ),
    ],
    [
      'volumes of both currencies',
      `https://www.example.com\n${csv(
        CANDLES.map((one) => [...numbers(one), 1]),
        'unix,open,high,low,close,Volume BTC,Volume USDT',
      )}`,
    ],
    [
      'quotes',
      csv(
        CANDLES.map((one) => numbers(one).map((cell) => `"${cell}"`)),
        HEADER.split(',')
          .map((name) => `"${name}"`)
          .join(','),
      ),
    ],
    [
      'semicolons and decimal commas',
      csv(
        CANDLES.map((one) => numbers(one).map((cell) => String(cell).replace('.', ','))),
        HEADER.replaceAll(',', ';'),
        ';',
      ),
    ],
    [
      'tabs',
      csv(
        CANDLES.map((one) => numbers(one)),
        HEADER.replaceAll(',', '\t'),
        '\t',
      ),
    ],
    ['freqtrade', JSON.stringify(CANDLES.map((one) => numbers(one)))],
    [
      "Binance's REST",
      JSON.stringify(
        CANDLES.map((one) => vision(one).map((cell, index) => (index === 0 ? cell : String(cell)))),
        null,
        2,
      ),
    ],
    [
      'JSON of objects',
      JSON.stringify(
        CANDLES.map(({ openTime, ...rest }) => ({ date: `${iso(openTime)}Z`, ...rest, note: 'a "b" ]}' })),
      ),
    ],
  ])('%s', async (_name, text) => {
    const { list, duplicates, outOfOrder } = await candlesOf(text);
    expect(list).toEqual(CANDLES);
    expect({ duplicates, outOfOrder }).toEqual({ duplicates: 0, outOfOrder: 0 });
  });

  test('in another order, and with rows that are there twice', async () => {
    const [a, b, c, d] = CANDLES.map((one) => numbers(one)) as [unknown[], unknown[], unknown[], unknown[]];
    expect(await candlesOf(csv([d, c, b, a]))).toMatchObject({ list: CANDLES, outOfOrder: 3, duplicates: 0 });
    expect(await candlesOf(csv([a, b, c, b, c, d]))).toMatchObject({
      list: CANDLES,
      outOfOrder: 0,
      duplicates: 2,
    });
    expect(await candlesOf(csv([c, d, a, b, a]))).toMatchObject({
      list: CANDLES,
      outOfOrder: 2,
      duplicates: 1,
    });
  });

  test('a file of names alone has no candles', async () => {
    expect((await candlesOf(HEADER)).length).toBe(0);
  });
});

describe('a file is refused with its line and the number', () => {
  const other = `${T},1,1,1,1,2`;
  test.each([
    ['nothing at all', '', 'Line 1 cannot be used: the file is empty.'],
    [
      'other columns',
      'time,close\n1,2',
      'Line 1 cannot be used: the columns are time, close; open, high, low and volume are missing.',
    ],
    ['a closing time only', csv([], 'close_time,open,high,low,close,volume'), 'open_time is missing'],
    ['two columns of a name', csv([], 'time,open,high,low,close,volume,Close'), 'two columns close'],
    [
      'a number of columns that no known file has',
      '1735689600000,1,1,1,1,1,1',
      'there are 7 columns without names',
    ],
    [
      'too few columns',
      `${HEADER}\n${T},1,1,1,1`,
      'Line 2 cannot be used: there are 5 columns instead of 6.',
    ],
    ['an empty cell', `${HEADER}\n${T},1,1,,1,1`, 'the low NaN'],
    ['a word', `${HEADER}\n${T},1,high,1,1,1`, 'the high NaN'],
    ['a high below the low', `${HEADER}\n${T},2,1,2,2,1`, 'the high 1'],
    [
      'a line twice with other numbers',
      `${HEADER}\n${T},1,1,1,1,1\n\n${other}`,
      `Line 4 cannot be used: it contradicts line 2: both are of ${T},`,
    ],
    ['an open time of another timeframe', `${HEADER}\n${T + 180_000},1,1,1,1,1`, 'not a multiple of 15m'],
    [
      'a day that does not exist',
      `${HEADER}\n2025-02-30T00:00Z,1,1,1,1,1`,
      'Line 2 cannot be used: "2025-02-30T00:00Z" is not a time',
    ],
    [
      'another symbol',
      `symbol,${HEADER}\nETHUSDT,${other}`,
      'it is of ETHUSDT, but the file is named for BTCUSDT',
    ],
    ['a page', '<html>', 'it is a page or XML'],
    ['a JSON object', '{"a": []}', 'a list of rows is needed'],
    ['a JSON list of numbers', '[1, 2]', 'Row 1 cannot be used: it is neither a list nor an object'],
    ['JSON that is cut off', `[[${other}],[${T}`, 'Row 2 cannot be used: the file ends before its list does'],
    ['a line without an end', 'x'.repeat(70_000), 'more than 65536 characters'],
  ])('%s', async (_name, text, words) => {
    const read = candlesOf(text);
    await expect(read).rejects.toThrow(words);
    await expect(read).rejects.toMatchObject({ code: 'MARKET_DATA_INVALID' });
  });
});

describe('funding rates', () => {
  const RATES = [
    { time: T, rate: 0.0001 },
    { time: T + 28_800_003, rate: -0.00002 },
  ];
  const read = async (text: string) => {
    const rows = await readFundingRows(piecesOf(text), { symbol: 'BTCUSDT', content: 'funding' });
    return { ...rows, list: rows.slice(0, rows.length) };
  };

  test.each([
    [
      'our own',
      csv(
        RATES.map(({ time, rate }) => [time, rate]),
        'time_ms,funding_rate',
      ),
    ],
    [
      "Binance's bulk files",
      csv(
        RATES.map(({ time, rate }) => [time, 8, rate]),
        'calc_time,funding_interval_hours,last_funding_rate',
      ),
    ],
    [
      "Binance's REST",
      JSON.stringify(
        RATES.map(({ time, rate }) => ({
          symbol: 'BTCUSDT',
          fundingTime: time,
          fundingRate: String(rate),
          markPrice: '',
        })),
      ),
    ],
    ['freqtrade', JSON.stringify(RATES.map(({ time, rate }) => [time, rate, 0, 0, 0, 0]))],
  ])('%s', async (_name, text) => {
    expect((await read(text)).list).toEqual(RATES);
  });

  test('a settlement is one of its minute: late by some ms it is the same, with another rate a contradiction', async () => {
    const twice = csv(
      [
        [T, 0.0001],
        [T + 28_800_003, 0.0002],
        [T + 28_800_000, 0.0002],
      ],
      'time_ms,funding_rate',
    );
    expect(await read(twice)).toMatchObject({ length: 2, duplicates: 1 });
    await expect(read(twice.replace(/0.0002\n$/, '0.0003\n'))).rejects.toThrow(
      'Line 4 cannot be used: it contradicts line 3',
    );
  });

  test.each([
    ['a rate of 100 %', 'time_ms,funding_rate\n1,1', 'the funding rate 1'],
    ['no rate', 'time_ms,funding_rate\n1,', 'the funding rate NaN'],
  ])('%s is refused', async (_name, text, words) => {
    await expect(read(text)).rejects.toThrow(words);
  });
});

test.each([
  ['BTCUSDT-15m.csv', 'BTCUSDT', '15m'],
  ['btcusdt_1h.csv.gz', 'BTCUSDT', '1h'],
  ['BTCUSDT-15m-2025-01.zip', 'BTCUSDT', '15m'],
  ['1000PEPEUSDT-1m-2025-01-31.csv', '1000PEPEUSDT', '1m'],
  ['BTC_USDT_USDT-15m-futures.json', 'BTCUSDT', '15m'],
  ['BTC_USDT-15m.json', 'BTCUSDT', '15m'],
  ['BTC_USDT_USDT-8h-funding_rate.json', 'BTCUSDT', 'funding'],
  ['BTCUSDT-fundingRate-2025-01.zip', 'BTCUSDT', 'funding'],
  ['BTCUSDT-funding.json', 'BTCUSDT', 'funding'],
  ['Binance_BTCUSDT_1h.csv', 'BTCUSDT', '1h'],
  ['BTCUSDT-15m (1).csv', 'BTCUSDT', '15m'],
  ['币安人生USDT-5m.csv', '币安人生USDT', '5m'],
])('%s holds %s %s', (name, symbol, content) => {
  expect(marketFileOf(join('a', name))).toEqual({ symbol, content });
});

test.each([
  ['prices.csv', 'does not say what it holds'],
  ['BTCUSDT.csv', 'does not say what it holds'],
  ['BTCUSDT-6h-2025-01.zip', '6h is none of 1m, 3m'],
  ['BTCUSDT-1mo-2025-01.zip', '1mo is none of'],
  ['BTC_USDT_USDT-15m-futures.feather', 'is feather, which is not read'],
  ['BTCUSDT-15m.parquet', 'is parquet, which is not read'],
  ['BTC_USDT_USDT-8h-mark.json', 'holds mark prices'],
  ['BTCUSDT-aggTrades-2025-01.zip', 'holds trades'],
  ['markPriceKlines/BTCUSDT-15m-2025-01.zip', 'holds mark prices'],
  ['BTCUSDT_250328-15m-2025-01.zip', 'delivery date'],
  ['BTC_USD_BTC-15m-futures.json', 'settled in BTC'],
])('%s is refused: %s', (path, words) => {
  expect(() => marketFileOf(path)).toThrow(words);
});

describe('files', () => {
  async function folderWith(files: Readonly<Record<string, string | Uint8Array>>) {
    const folder = await mkdtemp(join(tmpdir(), 'market-files-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    return folder;
  }
  const textOf = async (place: Parameters<typeof readText>[0]) => {
    let whole = '';
    for await (const text of readText(place)) whole += text;
    return whole;
  };
  const zip = (members: Record<string, string>) =>
    writeZip(Object.entries(members).map(([name, text]) => ({ name, content: Buffer.from(text) })));

  test('a packed file is unpacked into pieces, so that its rows need not all be in memory', async () => {
    const folder = await folderWith({ 'BTCUSDT-15m.zip': zip({ 'BTCUSDT-15m.csv': '\n'.repeat(600_000) }) });
    const { files } = await findMarketFiles([folder]);
    const lengths: number[] = [];
    for await (const text of readText(files[0]!)) lengths.push(text.length);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(600_000);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2 ** 18);
  });

  test('a folder is searched; what is not read is named with its reason', async () => {
    const folder = await folderWith({
      'um/monthly/BTCUSDT-15m-2025-02.zip': zip({ 'BTCUSDT-15m-2025-02.csv': 'b' }),
      'um/monthly/BTCUSDT-15m-2025-01.zip': zip({ 'BTCUSDT-15m-2025-01.csv': 'a' }),
      'um/monthly/BTCUSDT-15m-2025-01.zip.CHECKSUM': '',
      'all.zip': zip({ 'ETHUSDT-1h.csv': 'c', 'ETHUSDT-funding.csv': 'd', '__MACOSX/._ETHUSDT-1h.csv': '' }),
      'BTC_USDT-15m.feather': 'ARROW1',
      'notes.txt': 'x',
      '.DS_Store': 'x',
      'ETHUSDT-15m-2025-01.zip': Buffer.from('PK\x03\x04 damaged'),
    });
    const { files, skipped, refused } = await findMarketFiles([folder]);
    expect(files.map(({ symbol, content, label }) => [symbol, content, label])).toEqual([
      ['BTCUSDT', '15m', 'um/monthly/BTCUSDT-15m-2025-01.zip'],
      ['BTCUSDT', '15m', 'um/monthly/BTCUSDT-15m-2025-02.zip'],
      ['ETHUSDT', '1h', 'all.zip/ETHUSDT-1h.csv'],
      ['ETHUSDT', 'funding', 'all.zip/ETHUSDT-funding.csv'],
    ]);
    expect(await Promise.all(files.map(textOf))).toEqual(['a', 'b', 'c', 'd']);
    expect(skipped.map(({ label, reason }) => `${label}: ${reason}`)).toEqual([
      '.DS_Store: hidden files are not read',
      expect.stringContaining('BTC_USDT-15m.feather is feather, which is not read'),
      expect.stringContaining('notes.txt does not say what it holds'),
      'um/monthly/BTCUSDT-15m-2025-01.zip.CHECKSUM: checksums are not read',
    ]);
    expect(refused).toEqual([
      { label: 'ETHUSDT-15m-2025-01.zip', reason: expect.stringContaining('The zip container is not valid') },
    ]);
  });

  test('a pattern finds what a shell would; a file that the caller names is not skipped', async () => {
    const folder = await folderWith({
      'BTCUSDT-15m-2025-01.csv': '',
      'BTCUSDT-15m-2025-02.csv': '',
      'ETHUSDT-1h.csv': '',
    });
    const found = await findMarketFiles([join(folder, 'BTC*-2025-0?.csv')]);
    expect(found.files.map(({ label }) => label)).toEqual([
      'BTCUSDT-15m-2025-01.csv',
      'BTCUSDT-15m-2025-02.csv',
    ]);
    await expect(findMarketFiles([join(folder, 'XRP*.csv')])).rejects.toThrow('No file matches');
    await expect(findMarketFiles([join(folder, 'XRPUSDT-1h.csv')])).rejects.toThrow('ENOENT');
    const other = await folderWith({ 'prices.csv': '' });
    expect((await findMarketFiles([join(other, 'prices.csv')])).refused).toHaveLength(1);
  });

  test('a named pipe, or a link to one, is not waited for', async () => {
    const folder = await folderWith({ 'BTCUSDT-15m.csv': '' });
    execFileSync('mkfifo', [join(folder, 'ETHUSDT-15m.csv')]);
    symlinkSync(join(folder, 'ETHUSDT-15m.csv'), join(folder, 'SOLUSDT-15m.csv'));
    const inFolder = await findMarketFiles([folder]);
    expect(inFolder.files.map(({ label }) => label)).toEqual(['BTCUSDT-15m.csv']);
    expect(inFolder.skipped).toEqual([
      { label: 'SOLUSDT-15m.csv', reason: 'SOLUSDT-15m.csv is no regular file.' },
    ]);
    const named = await findMarketFiles([join(folder, 'ETH*')]);
    expect(named.refused).toEqual([
      { label: 'ETHUSDT-15m.csv', reason: 'ETHUSDT-15m.csv is no regular file.' },
    ]);
  });

  test('text is read gzipped or not; an invalid gzip file and bytes that are no text are refused', async () => {
    const cut = gzipSync('a,b'.repeat(1000)).subarray(0, 20);
    const folder = await folderWith({
      'plain.csv': '\uFEFFa,b',
      'packed.csv.gz': gzipSync('a,b'),
      'cut.csv.gz': cut,
      'wide.csv': Buffer.from('a,b', 'utf16le'),
    });
    expect(await textOf({ path: join(folder, 'plain.csv') })).toBe('a,b');
    expect(await textOf({ path: join(folder, 'packed.csv.gz') })).toBe('a,b');
    await expect(textOf({ path: join(folder, 'cut.csv.gz') })).rejects.toThrow('cannot be decompressed');
    await expect(textOf({ path: join(folder, 'wide.csv') })).rejects.toThrow('not text in UTF-8');
  });
});
