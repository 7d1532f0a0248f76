import { timeOfCell } from './cells.ts';
import type { MarketFile } from './market-file-name.ts';

/** Names of a column in files of exchanges and programs, in small letters and digits; earlier ones are preferred. */
interface Field {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** pandas writes the times that rows are named by without a name. */
const TIMES = [
  ...['timems', 'timestampms', 'timestamp', 'unix', 'unixtimestamp', 'time', 'datetime', 'date', 't', 'ts'],
  ...['datetimeutc', 'timeutc', 'dateutc', ''],
];

const CANDLE_FIELDS: readonly Field[] = [
  {
    name: 'open_time',
    aliases: ['opentimems', 'opentime', 'opentimestamp', 'starttime', 'start', 'klineopentime', ...TIMES],
  },
  { name: 'open', aliases: ['open', 'openprice', 'o'] },
  { name: 'high', aliases: ['high', 'highprice', 'h'] },
  { name: 'low', aliases: ['low', 'lowprice', 'l'] },
  { name: 'close', aliases: ['close', 'closeprice', 'c'] },
  { name: 'volume', aliases: ['basevolume', 'volumebase', 'volume', 'vol', 'v'] },
];

const FUNDING_FIELDS: readonly Field[] = [
  { name: 'time', aliases: ['calctime', 'fundingtime', 'fundingtimems', 'fundingratetimestamp', ...TIMES] },
  { name: 'funding_rate', aliases: ['lastfundingrate', 'fundingrate', 'rate', 'funding'] },
];

/** Columns of rows without a header, by their number: Binance's and freqtrade's. */
const POSITIONS: Readonly<Record<'candles' | 'funding', Readonly<Record<number, readonly number[]>>>> = {
  candles: { 6: [0, 1, 2, 3, 4, 5], 12: [0, 1, 2, 3, 4, 5] },
  funding: { 2: [0, 1], 3: [0, 2], 6: [0, 1] },
};

export interface Columns {
  /** The places of the time and the numbers in a row. */
  readonly places: readonly number[];
  /** The place of the symbol, where rows name it. */
  readonly symbol: number | undefined;
  readonly count: number;
}

/** Whether the first cells of a file are the names of columns. */
export function areNames(cells: readonly string[]): boolean {
  return !cells.some((cell) => cell !== '' && Number.isFinite(timeOfCell(cell)));
}

/** The columns of a file by their names; a sentence when some are missing. */
export function columnsByName(names: readonly string[], file: MarketFile): Columns | string {
  const keys = names.map((name) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''));
  const fields = fieldsOf(file);
  const places = fields.map(({ aliases }) => {
    const alias = aliases.find((one) => keys.includes(one));
    return alias === undefined ? -1 : keys.indexOf(alias);
  });
  const missing = fields.filter((_, index) => places[index] === -1).map(({ name }) => name);
  if (missing.length > 0) {
    const found = names.slice(0, 20).join(', ').slice(0, 200);
    return `the columns are ${found}; ${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`;
  }
  const twice = names.find(
    (_, index) => places.includes(index) && keys.indexOf(keys[index]!) !== keys.lastIndexOf(keys[index]!),
  );
  if (twice !== undefined) return `there are two columns ${twice}`;
  const symbol = keys.findIndex((key) => key === 'symbol' || key === 'pair');
  return { places, symbol: symbol === -1 ? undefined : symbol, count: names.length };
}

/** The columns of a file that does not name them; a sentence for a number of them that no known source writes. */
export function columnsByPosition(count: number, { content }: MarketFile): Columns | string {
  const known = POSITIONS[content === 'funding' ? 'funding' : 'candles'];
  const places = known[count];
  if (places !== undefined) return { places, symbol: undefined, count };
  return `there are ${count} columns without names; without names there must be ${Object.keys(known).join(' or ')}`;
}

/** A program that lists the volume of both currencies names them, as in "Volume BTC". */
function fieldsOf({ symbol, content }: MarketFile): readonly Field[] {
  if (content === 'funding') return FUNDING_FIELDS;
  const bases = [2, 3, 4, 5, 6, 7, 8, 9, 10].map(
    (length) => `volume${symbol.slice(0, length).toLowerCase()}`,
  );
  const isWhole = (name: string) => name !== `volume${symbol.toLowerCase()}`;
  return CANDLE_FIELDS.map((field) =>
    field.name === 'volume' ? { ...field, aliases: [...field.aliases, ...bases.filter(isWhole)] } : field,
  );
}

function listed(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
