import { rename, writeFile } from 'node:fs/promises';
import { TIMEFRAME_MS } from '../candle.ts';
import { fitStoredScaler } from '../decisions/fit-stored-scaler.ts';
import { createMarketRepository } from '../market/store/market-repository.ts';
import { readArguments, timeOption, UsageError } from './shared/arguments.ts';
import { createProgress } from './shared/progress.ts';
import { runOnStore } from './shared/run-command.ts';

const USAGE = `npm run fit-scaler -- --symbol BTCUSDT --from 2022-01-01 --to 2024-01-01 --out scaler.json

Fits a scaler (mean and standard deviation of the 28 core features) to the stored 15m candles that open from --from on
and before --to, and writes it as scaler.json with the range, the number of rows and the order of the features. The
first 672 candles are warm-up only. Reads the store of the settings: fill it first with npm run backfill or
npm run import-candles.`;

const STEP_MS = TIMEFRAME_MS['15m'];

await runOnStore(USAGE, async (config, database) => {
  const { options } = readArguments({ required: ['symbol', 'from', 'to', 'out'] });
  const from = Math.ceil(timeOption('from', options.from) / STEP_MS) * STEP_MS;
  const to = Math.ceil(timeOption('to', options.to) / STEP_MS) * STEP_MS - STEP_MS;
  if (from > to) throw new UsageError('No candle opens from --from on and before --to.');
  const progress = createProgress('candles');
  const scaler = await fitStoredScaler(createMarketRepository(database), {
    symbol: options.symbol,
    market: `${config.exchange} ${config.marketSource}`,
    from,
    to,
    onProgress: progress.show,
  });
  progress.end();
  // Renamed when it is complete, so that no half-written file has the requested name.
  const draft = `${options.out}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(scaler, null, 1)}\n`);
  await rename(draft, options.out);
  const { rows, from: first, to: last } = scaler.fitted_on;
  console.log(`Fitted to ${rows} rows of ${options.symbol} from ${first} to ${last}: ${options.out}`);
});
