import { rename, writeFile } from 'node:fs/promises';
import { DECISION_TIMEFRAMES, type DecisionTimeframe, TIMEFRAME_MS } from '../candle.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/connection.ts';
import { fitStoredScaler } from '../decisions/fit-stored-scaler.ts';
import { PIPELINE_DEFAULTS } from '../dimensions.ts';
import { createMarketRepository } from '../market/store/market-repository.ts';
import { type Feature, featureNamed } from '../pipeline/features/catalogue.ts';
import { FEATURE_SETS } from '../pipeline/features/feature-sets.ts';
import { canonicalSymbol } from '../symbol.ts';
import { readArguments, timeOption, UsageError } from './shared/arguments.ts';
import { createProgress } from './shared/progress.ts';
import { runOnStore } from './shared/run-command.ts';

const USAGE = `paperdesk fit-scaler --symbol BTCUSDT --from 2022-01-01 --to 2024-01-01 --out scaler.json
    [--features core28] [--timeframe 15m]

Fits a scaler (mean and standard deviation of each feature) to the stored candles of --timeframe that open from --from
on and before --to, and writes it as scaler.json with the range, the number of rows and the order of the features.
--features is core28, train30, or a list of names (ret_1,rsi_14,...; docs/reference/pipelines.md has all of them). The
first candles, as many as the longest warm-up, are warm-up only. Reads the store of the settings: fill it first with
paperdesk backfill or paperdesk import-candles.`;

async function fit(config: Config, database: Database): Promise<void> {
  const { options } = readArguments({
    required: ['symbol', 'from', 'to', 'out'],
    optional: ['features', 'timeframe'],
  });
  const symbol = canonicalSymbol(options.symbol);
  const timeframe = timeframeOf(options.timeframe ?? PIPELINE_DEFAULTS.decisionTimeframe);
  const features = featuresOf(options.features ?? PIPELINE_DEFAULTS.featureSet);
  const step = TIMEFRAME_MS[timeframe];
  const from = Math.ceil(timeOption('from', options.from) / step) * step;
  const to = Math.ceil(timeOption('to', options.to) / step) * step - step;
  if (from > to) throw new UsageError('No candle opens from --from on and before --to.');
  const progress = createProgress('candles');
  const scaler = await fitStoredScaler(createMarketRepository(database), {
    symbol,
    timeframe,
    features,
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
  console.log(`Fitted to ${rows} rows of ${symbol} from ${first} to ${last}: ${options.out}`);
}

function timeframeOf(text: string): DecisionTimeframe {
  const timeframe = DECISION_TIMEFRAMES.find((known) => known === text);
  if (timeframe !== undefined) return timeframe;
  throw new UsageError(`--timeframe ${text} is not one of ${DECISION_TIMEFRAMES.join(', ')}.`);
}

function featuresOf(text: string): Feature[] {
  const isSet = (name: string): name is keyof typeof FEATURE_SETS => Object.hasOwn(FEATURE_SETS, name);
  const names: readonly string[] = isSet(text) ? FEATURE_SETS[text] : text.split(',');
  try {
    return names.map(featureNamed);
  } catch (error) {
    throw new UsageError(`--features: ${(error as Error).message}`);
  }
}

await runOnStore(USAGE, fit, { existing: true });
