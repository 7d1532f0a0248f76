import { NO_LEASES } from '../cluster/leases.ts';
import { PaperdeskError } from '../errors.ts';
import { type FoundFiles, findMarketFiles, type LeftFile } from '../market/files/find-market-files.ts';
import { type ImportResult, importMarketFile } from '../market/files/import-market-file.ts';
import { createMarketRepository, type MarketRepository } from '../market/store/market-repository.ts';
import { createUnusedCandleRepository } from '../market/store/unused-candle-repository.ts';
import { visibleText } from '../runtime/plain-text.ts';
import { readArguments, UsageError } from './shared/arguments.ts';
import { linesOfFile, linesOfSkipped, sentenceOfAll } from './shared/import-report.ts';
import { createProgress } from './shared/progress.ts';
import { runOnStore } from './shared/run-command.ts';

const USAGE = `paperdesk import-candles FILE|FOLDER...

Stores candles and funding rates from files in the store of the settings. The name of a file says what it holds:
  BTCUSDT-15m.csv, BTCUSDT-3m.csv.gz                 CSV with the names of its columns
  BTCUSDT-15m-2025-01.zip, BTCUSDT-15m-2025-01-31.csv  Binance's bulk files, zipped or not
  BTC_USDT_USDT-15m-futures.json                     freqtrade
  BTCUSDT-funding.csv, BTCUSDT-fundingRate-2025-01.zip, BTCUSDT-funding.json
A folder is searched with all folders in it. Times are seconds, ms, µs or ISO 8601 (UTC where there is no offset); further
columns, the order of columns and rows, and rows that are there twice do not matter. Every row of a file is checked before
any is stored. Rows that are stored already do not change. The service may run meanwhile.`;

/** A small file is read at once. */
const PROGRESS_FROM_BYTES = 4 * 1024 * 1024;

await runOnStore(USAGE, async (_config, database, claim) => {
  const { files: paths } = readArguments({ files: true });
  if (paths.length === 0) throw new UsageError('At least one file must be given.');
  const found = await findMarketFiles(paths);
  const { results, refused } = await importAll(
    found,
    createMarketRepository(database, NO_LEASES),
    createUnusedCandleRepository(database).keep,
    claim,
  );
  for (const line of linesOfSkipped(found.skipped)) console.log(visibleText(line));
  if (found.files.length + found.refused.length === 0) {
    throw new PaperdeskError(
      'MARKET_DATA_INVALID',
      'No file there is named as candles or funding rates are; see --help.',
    );
  }
  if (found.files.length > 1) console.log(sentenceOfAll(results, refused.length));
  if (refused.length > 0) process.exitCode = 1;
});

/** Imports the files one after the other; one that cannot be used holds up no other. */
async function importAll(
  { files, refused: unreadable }: FoundFiles,
  repository: MarketRepository,
  keep: (symbol: string) => Promise<void>,
  claim: () => Promise<void>,
) {
  const results: ImportResult[] = [];
  const refused: LeftFile[] = [];
  const refuse = (file: LeftFile) => {
    refused.push(file);
    console.error(visibleText(file.reason));
  };
  for (const file of unreadable) refuse(file);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const progress = files.length > 1 || total >= PROGRESS_FROM_BYTES ? createProgress('bytes') : undefined;
  const show = (bytes: number) => progress?.show(Math.round(bytes), Math.round(total));
  let done = 0;
  for (const file of files) {
    show(done);
    const begun = performance.now();
    const result = await importMarketFile(file, repository, {
      now: Date.now(),
      claim,
      onProgress: (part) => show(done + part * file.size),
    }).catch((error: unknown) => {
      if (!(error instanceof PaperdeskError) || error.code === 'MARKET_SOURCE_MISMATCH') throw error;
      return error;
    });
    progress?.clear();
    if (result instanceof PaperdeskError) refuse({ label: file.label, reason: result.message });
    else {
      results.push(result);
      await keep(result.symbol);
      for (const line of linesOfFile(file.label, result, performance.now() - begun))
        console.log(visibleText(line));
    }
    done += file.size;
  }
  show(done);
  progress?.end();
  return { results, refused };
}
