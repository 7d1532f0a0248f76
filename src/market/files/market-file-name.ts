import { basename } from 'node:path';
import { TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';

/** What a file holds, by its name. */
export interface MarketFile {
  readonly symbol: string;
  readonly content: Timeframe | 'funding';
}

const EXTENSION = /(\.(csv|txt|tsv|json))?(\.gz|\.zip)?$/i;
/** Formats of other programs. */
const UNREAD_FORMAT = /\.(feather|parquet|h5|hdf5|hdf|pkl|pickle|xlsx?|rar|7z|tar|tgz|zst|xz|bz2)(\.\w+)?$/i;
const EXCHANGE_NAMES = new Set(['BINANCE', 'BINANCEUSDM', 'BYBIT']);
const FUNDING = 'funding';
/** Lengths of candles, of exchanges that have more of them than the service. */
const ANY_TIMEFRAME = /^\d{1,2}(s|m|h|d|w|mo|M)$/;
/** May follow the timeframe: dates, numbers of downloads, and the kind of market. */
const HARMLESS = /^(\d+|futures|future|swap|perp|perpetual|um|usdm|linear|klines|candles|ohlcv|copy)$/i;
const OTHER_CONTENT: Readonly<Record<string, string>> = {
  aggtrades: 'trades',
  trades: 'trades',
  bookdepth: 'the depth of the order book',
  bookticker: 'best bids and offers',
  metrics: 'open interest and ratios',
  liquidationsnapshot: 'liquidations',
  mark: 'mark prices',
  markpriceklines: 'mark prices',
  index: 'index prices',
  indexpriceklines: 'index prices',
  premiumindex: 'the premium index',
  premiumindexklines: 'the premium index',
};

/**
 * What a file holds, by its name: as the service, Binance's bulk files or freqtrade name it.
 * @throws PaperdeskError MARKET_DATA_INVALID when the name does not say it, or names what is not read
 */
export function marketFileOf(path: string): MarketFile {
  const name = basename(path);
  const format = UNREAD_FORMAT.exec(name)?.[1];
  if (format !== undefined) throw unreadFormat(name, format.toLowerCase());
  const words = name
    .replace(EXTENSION, '')
    .replaceAll(/funding[-_ ]?rates?/gi, 'funding')
    .split(/[-_ .()]+/)
    .filter((word) => word !== '');
  const at = words.findIndex(
    (word, index) => index > 0 && (word.toLowerCase() === FUNDING || ANY_TIMEFRAME.test(word)),
  );
  // The content that a name like BTC_USDT_USDT-8h-funding_rate.json says comes after its timeframe.
  const later = words.slice(at + 1).find((word) => !HARMLESS.test(word)) ?? '';
  const found = at < 0 ? undefined : later.toLowerCase() === FUNDING ? later : words[at]!;
  // Binance's bulk files of prices at which nothing was traded are named as those of candles, but lie in other folders.
  const folders = path.split(/[\\/]/).filter((folder) => /klines$/i.test(folder));
  const unread = [...words.slice(1), ...folders]
    .map((word) => OTHER_CONTENT[word.toLowerCase()])
    .find((one) => one !== undefined);
  if (unread !== undefined)
    throw invalid(`${name} holds ${unread}, which are neither candles nor funding rates.`);
  if (found === undefined || (later !== '' && found !== later)) throw unnamed(name);
  return { symbol: symbolOf(words.slice(0, at), name), content: contentOf(found, name) };
}

function contentOf(word: string, name: string): Timeframe | 'funding' {
  if (word.toLowerCase() === FUNDING) return 'funding';
  if (Object.hasOwn(TIMEFRAME_MS, word)) return word as Timeframe;
  const known = Object.keys(TIMEFRAME_MS).join(', ');
  throw invalid(`${name} does not say what it holds: ${word} is none of ${known}, which the service stores.`);
}

/** `BTCUSDT` of BTCUSDT, BTC_USDT, BTC_USDT_USDT or Binance_BTCUSDT. */
function symbolOf(words: readonly string[], name: string): string {
  const parts = words.map((word) => word.toUpperCase());
  const [base = '', quote = '', settled = quote, ...rest] = EXCHANGE_NAMES.has(parts[0]!)
    ? parts.slice(1)
    : parts;
  if (quote !== '' && /^\d+$/.test(quote))
    throw invalid(`${name} is of a contract with a delivery date, not of a perpetual.`);
  if (settled !== quote)
    throw invalid(
      `${name} is of a contract that is settled in ${settled}; only those settled in ${quote} are stored.`,
    );
  const symbol = base + quote;
  if (rest.length > 0 || !/^[\p{L}\p{N}]{2,40}$/u.test(symbol)) throw unnamed(name);
  return symbol;
}

function unreadFormat(name: string, format: string): PaperdeskError {
  const advice =
    format === 'feather'
      ? 'Write JSON with "freqtrade convert-data --format-from feather --format-to json".'
      : 'Write the rows as CSV.';
  return invalid(`${name} is ${format}, which is not read: CSV, JSON, gzip and zip are. ${advice}`);
}

function unnamed(name: string): PaperdeskError {
  return invalid(
    `${name} does not say what it holds: name it like BTCUSDT-15m.csv, BTCUSDT-15m-2025-01.zip, ` +
      'BTC_USDT_USDT-15m-futures.json or BTCUSDT-funding.csv.',
  );
}

function invalid(message: string): PaperdeskError {
  return new PaperdeskError('MARKET_DATA_INVALID', message);
}
