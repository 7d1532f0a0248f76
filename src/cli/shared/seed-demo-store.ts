import { randomUUID } from 'node:crypto';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Recording } from '../../../simulator/recording.ts';
import { createReplay } from '../../../simulator/replay.ts';
import type { StoredAccount } from '../../accounts/account-repository.ts';
import { createHistoryRepository } from '../../accounts/history-repository.ts';
import { TIMEFRAME_MS } from '../../candle.ts';
import type { Config } from '../../config.ts';
import type { Database } from '../../db/connection.ts';
import { openDatabase } from '../../db/open-database.ts';
import { createReadRevisions } from '../../db/revisions.ts';
import { createForecastRepository } from '../../decisions/forecast-repository.ts';
import { createMarketRepository } from '../../market/store/market-repository.ts';
import { claimStore } from '../../market/store/store-source-repository.ts';
import { closeBefore } from '../../replays/close-before.ts';
import type { Replay } from '../../replays/replay-job.ts';
import { createReplayRepository } from '../../replays/replay-repository.ts';
import type { TradedSlice } from '../../replays/replay-run-repository.ts';
import { computeOrigin } from '../../replays/results.ts';
import { createAccountPerformances } from '../../statistics/account-performances.ts';
import type { Performance } from '../../statistics/performance.ts';
import { createTrialRepository } from '../../statistics/trial-repository.ts';
import { createTrials, trialKey } from '../../statistics/trials.ts';
import type { Lot } from '../../trading/lot.ts';
import { type DemoHistory, type HistoryEnd, readDemoHistory } from './demo-history.ts';
import type { DemoRecording } from './demo-recording.ts';

export interface SeedOptions {
  readonly recording: Recording;
  /** By how much the recording was moved in time, ms. */
  readonly movedByMs: number;
  /** For the replay in the store. */
  readonly id: string;
  /** The clock, ms. */
  readonly now: number;
}

const pause = () => nextTick();

/**
 * Gives the store of a demo its history, if it has no replay yet (seedDemoStore).
 * @returns whether the store is new
 */
export async function seedNewDemo(
  config: Pick<Config, 'store' | 'exchange' | 'marketSource'>,
  market: DemoRecording,
): Promise<boolean> {
  const database = await openDatabase(config.store);
  try {
    await claimStore(database, { exchange: config.exchange, kind: config.marketSource });
    if ((await createReplayRepository(database).list(1)).length > 0) return false;
    await seedDemoStore(database, { ...market, id: `replay_${randomUUID()}`, now: Date.now() });
    return true;
  } finally {
    await database.destroy();
  }
}

/**
 * Stores the recorded candles, and the replay of the example pair over them up to the last midnight, which was computed
 * beforehand (scripts/make-demo-history.ts). To be called before a service uses the store.
 */
export async function seedDemoStore(database: Database, options: SeedOptions): Promise<Replay> {
  const { id, movedByMs, now } = options;
  const history = await readDemoHistory(id, movedByMs);
  const end = history.ends.findLast(({ to }) => to <= now);
  if (end === undefined) throw new RangeError(`The history of the demo does not reach to ${now}.`);
  await storeCandles(database, options, history);
  const order = { ...history.order, id, to: end.to };
  const source = { packageId: order.packageId, packageVersion: order.packageVersion, symbol: order.symbol };
  await createForecastRepository(database, () => now).store(
    source,
    history.forecasts
      .filter(({ asOf }) => asOf < end.to)
      .map(({ asOf, quantiles }) => ({ asOf, quantiles: floatsOf(quantiles) })),
    'replay',
  );
  const replays = createReplayRepository(database);
  await replays.create([{ order, decided: null }], now, () => {});
  const begun = (await replays.begin(id, id, order.packageVersion, now)) as Replay;
  const stored = (await replays.accounts.find(id)) as StoredAccount;
  const advanced = await replays.advance(id, begun, stored, sliceOf(history, end), end.progress, now);
  if (advanced === undefined) throw new Error(`Another process works on ${id}.`);
  const performance = await performanceOf(database, begun, advanced.stored);
  await createTrials({
    repository: createTrialRepository(database),
    readRevisions: createReadRevisions(database),
  }).record({ ...order, key: trialKey(order.packageVersion, order.settings), performance });
  const results = { ...end.results, performance };
  const origin = await computeOrigin(
    { repository: createMarketRepository(database), history: createHistoryRepository(database), pause },
    { replay: begun, stored: advanced.stored },
  );
  return (await replays.change(id, { state: 'DONE', results, origin, finishedAt: now }, id)) as Replay;
}

/** Stores what the charts and the statistics of the replay read. */
async function storeCandles(
  database: Database,
  { recording, now }: SeedOptions,
  { range, order: { symbol, pipeline } }: DemoHistory,
): Promise<void> {
  const exchange = createReplay(recording);
  const { candles } = createMarketRepository(database);
  for (const timeframe of [pipeline.decisionTimeframe, pipeline.intrabarTimeframe]) {
    const to = now - TIMEFRAME_MS[timeframe];
    const query = { from: range.from, to, limit: Number.POSITIVE_INFINITY, now };
    await candles.store(symbol, timeframe, exchange.candles(timeframe, query));
  }
}

/** All that happened to the account up to an end, as one change. */
export function sliceOf(history: DemoHistory, { account, to }: HistoryEnd): TradedSlice {
  const lines = history.lines.filter(({ sequence }) => sequence <= account.lineCount);
  const sequences = new Map(
    lines.filter(({ kind }) => kind === 'entry_fee').map(({ lotId, sequence }) => [lotId, sequence]),
  );
  const open = new Set(account.lots.map(({ id }) => id));
  const closed = history.closed.filter(({ id }) => sequences.has(id) && !open.has(id));
  const order = ({ id }: Lot) => sequences.get(id) as number;
  return {
    samples: [],
    outcome: {
      account,
      lines,
      closed,
      // In the order opened, as the code that groups them into positions expects.
      opened: [...closed.map(lotOfClosed), ...account.lots].sort((one, other) => order(one) - order(other)),
      decisions: history.decisions.filter(({ asOf }) => asOf < to),
      equity: history.equity.filter(({ time }) => time <= to),
      sentences: [],
    },
  };
}

function lotOfClosed(lot: DemoHistory['closed'][number]): Lot {
  const { exitPrice, exitReference, closedAt, reason, grossPnl, exitFee, netPnl, ...open } = lot;
  return open;
}

async function performanceOf(
  database: Database,
  { symbol, pipeline, to }: Replay,
  stored: StoredAccount,
): Promise<Performance> {
  const { candles } = createMarketRepository(database);
  const price = await closeBefore(candles, symbol, pipeline, to);
  const performances = createAccountPerformances({
    history: createHistoryRepository(database),
    candles,
    pause,
  });
  return performances.readWithNewIntervals({ stored, price, inSample: false });
}

function floatsOf(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
