import { NO_LEASES } from '../cluster/leases.ts';
import { type ImportResult, importMarketCsv, marketFileOf } from '../market/store/import-market-csv.ts';
import { createMarketRepository } from '../market/store/market-repository.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { readArguments, UsageError } from './shared/arguments.ts';
import { runOnStore } from './shared/run-command.ts';

const USAGE = `npm run import-candles -- FILE...

Stores candles and funding rates from CSV files in the store of the settings. The name of a file says what it holds
(BTCUSDT-15m.csv, BTCUSDT-3m.csv.gz, BTCUSDT-funding.csv.gz); its columns are open_time_ms,open,high,low,close,volume
or time_ms,funding_rate. Every row is checked before any is stored. Rows that are stored already do not change.`;

/** Further gaps are only counted. */
const MAX_LISTED_GAPS = 10;

await runOnStore(USAGE, async (_config, database) => {
  const { files } = readArguments({ files: true });
  if (files.length === 0) throw new UsageError('At least one file must be given.');
  for (const file of files) marketFileOf(file);
  const repository = createMarketRepository(database, NO_LEASES);
  for (const file of files) {
    const begun = performance.now();
    const result = await importMarketCsv(file, repository, Date.now());
    console.log(`${sentenceOf(result)} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
    for (const line of linesOfGaps(result)) console.log(line);
  }
});

function sentenceOf({ symbol, content, rows, first, last, added, different }: ImportResult): string {
  const what = content === 'funding' ? `funding rates of ${symbol}` : `${content} candles of ${symbol}`;
  if (first === null || last === null) return `There are no ${what} in the file.`;
  const span = `${isoTime(first)} to ${isoTime(last)}`;
  const unchanged = different === 0 ? '' : `; ${different} are stored with other numbers, which stay`;
  return `${rows} ${what} from ${span}: ${added} are new${unchanged}.`;
}

function linesOfGaps({ gaps }: ImportResult): string[] {
  const total = gaps.reduce((sum, { candles }) => sum + candles, 0);
  if (total === 0) return [];
  const listed = gaps.slice(0, MAX_LISTED_GAPS).map(({ from, to, candles }) => {
    return `  ${isoTime(from)} to ${isoTime(to)}: ${candles} missing`;
  });
  const more = gaps.length > MAX_LISTED_GAPS ? [`  and ${gaps.length - MAX_LISTED_GAPS} more`] : [];
  return [`  ${total} candles are missing in ${gaps.length} gaps:`, ...listed, ...more];
}
