import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseCandleCsv, parseFundingCsv, readMarketText } from '../../../src/market/store/market-csv.ts';

const HEADER = 'open_time_ms,open,high,low,close,volume';
const T = 1_762_732_800_000;

test('candles are read, with any line ends, a byte order mark and an empty last line', () => {
  const text = `\uFEFF${HEADER}\r\n${T},1,2,0.5,1.5,3\r\n${T + 900_000},1,2,1,1,0\r\n\r\n`;
  expect(parseCandleCsv(text, '15m')).toEqual([
    { openTime: T, open: 1, high: 2, low: 0.5, close: 1.5, volume: 3 },
    { openTime: T + 900_000, open: 1, high: 2, low: 1, close: 1, volume: 0 },
  ]);
});

describe('a file is refused with its line and the number', () => {
  test.each([
    ['nothing at all', '', 'Line 1 cannot be used: the file is empty.'],
    ['other columns', 'time,open\n1,2', 'Line 1 cannot be used: the columns must be open_time_ms,'],
    [
      'too few columns',
      `${HEADER}\n${T},1,1,1,1`,
      'Line 2 cannot be used: there are 5 columns instead of 6.',
    ],
    ['an empty cell', `${HEADER}\n${T},1,1,,1,1`, 'the low NaN'],
    ['a word', `${HEADER}\n${T},1,high,1,1,1`, 'the high NaN'],
    ['a high below the low', `${HEADER}\n${T},2,1,2,2,1`, 'the high 1'],
    [
      'a line twice',
      `${HEADER}\n${T},1,1,1,1,1\n${T},1,1,1,1,1`,
      `Line 3 cannot be used: the open time ${T} does not follow`,
    ],
    ['an open time of another timeframe', `${HEADER}\n${T + 180_000},1,1,1,1,1`, 'not a multiple of 15m'],
  ])('%s', (_name, text, words) => {
    expect(() => parseCandleCsv(text, '15m')).toThrow(words);
    expect(() => parseCandleCsv(text, '15m')).toThrow(
      expect.objectContaining({ code: 'MARKET_DATA_INVALID' }),
    );
  });

  test.each([
    ['a rate of 100 %', 'time_ms,funding_rate\n1,1', 'the funding rate 1'],
    ['no rate', 'time_ms,funding_rate\n1,', 'the funding rate NaN'],
    ['a time that does not follow', 'time_ms,funding_rate\n2,0.1\n1,0.1', 'Line 3'],
  ])('%s', (_name, text, words) => {
    expect(() => parseFundingCsv(text)).toThrow(words);
  });
});

test('text is read gzipped or not; an invalid gzip file is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'market-csv-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  expect(await readMarketText(file('plain.csv', Buffer.from('a,b')))).toBe('a,b');
  expect(await readMarketText(file('packed.csv.gz', gzipSync('a,b')))).toBe('a,b');
  const cut = gzipSync('a,b'.repeat(1000)).subarray(0, 20);
  await expect(readMarketText(file('cut.csv.gz', cut))).rejects.toMatchObject({
    code: 'MARKET_DATA_INVALID',
  });
});
