import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { loadRecording, WEEK_MS } from '../simulator/recording.ts';
import { createHistoryRepository, type HistoryRepository } from '../src/accounts/history-repository.ts';
import { DAY_MS, MINUTE_MS, TIMEFRAME_MS } from '../src/candle.ts';
import {
  type DemoHistory,
  HISTORY_FILE,
  HISTORY_ID,
  type HistoryEnd,
  textOfHistory,
} from '../src/cli/shared/demo-history.ts';
import { sliceOf } from '../src/cli/shared/seed-demo-store.ts';
import { openDatabase } from '../src/db/open-database.ts';
import { createReplayRepository, type ReplayRepository } from '../src/replays/replay-repository.ts';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';
import { startTestService } from '../test/helper/service.ts';
import { waitFor } from '../test/helper/wait.ts';

/**
 * `npx tsx scripts/make-demo-history.ts` computes `recording/demo-history.br`: the replay of the example pair over the second
 * stretch of the recording, as it is at the seven midnights of its last week. It takes some minutes.
 */

/** Some forecasts are kept, because they are large: those of 20:00 of the last weeks, and one of 4 hours of the last days. */
const FORECASTS_FROM_MS = 21 * DAY_MS;
const MORE_FORECASTS_FROM_MS = 2 * DAY_MS;
const FORECAST_STEP_MS = 4 * 60 * MINUTE_MS;

const recording = await loadRecording(join(PROJECT_ROOT, 'recording'));
const first = recording.candles[0]!.openTime;
const end = recording.candles.at(-1)!.openTime + TIMEFRAME_MS[recording.timeframe];
const from = recording.stretches!.at(-1)!.start;
const ends = Array.from({ length: 7 }, (_, day) => end - WEEK_MS + day * DAY_MS);

const service = await startTestService({ now: () => end + MINUTE_MS, changeRecording: () => recording });
const database = await openDatabase(service.config.store);
try {
  const history = createHistoryRepository(database);
  const replays = createReplayRepository(database);
  const finished: HistoryEnd[] = [];
  let longest: Omit<DemoHistory, 'ends' | 'order' | 'range' | 'forecasts'> | undefined;
  let order: DemoHistory['order'] | undefined;
  for (const to of ends.toReversed()) {
    const [requested] = await service.services.replays.request(['ppo_v1'], {
      ...{ from, to },
      label: 'Demo replay',
    });
    const { id } = requested!;
    const replay = await waitFor(
      `the replay to ${new Date(to).toISOString()} ends`,
      () => service.services.replays.get(id),
      ({ state }) => state !== 'QUEUED' && state !== 'RUNNING',
    );
    if (replay.results === null) throw new Error(`The replay is ${replay.state}: ${replay.error?.detail}`);
    const records = await recordsOf(history, id);
    const { performance, ...results } = replay.results;
    const { done, incomplete, forecastsComputed, forecastsKnown } = replay;
    const ended: HistoryEnd = withOwnId(id, {
      to,
      account: (await accountOf(replays, id)).account,
      progress: { done, incomplete, forecastsComputed, forecastsKnown },
      results,
    });
    finished.unshift(ended);
    const own = withOwnId(id, records);
    if (longest === undefined) {
      longest = own;
      const {
        to: _,
        id: __,
        packageId,
        packageVersion,
        symbol,
        marketSource,
        label,
        settings,
        pipeline,
        ...rest
      } = replay;
      const { initialBalance, counterfactual } = rest;
      order = {
        id: HISTORY_ID,
        packageId,
        packageVersion,
        symbol,
        marketSource,
        label,
        from,
        settings,
        pipeline,
        initialBalance,
        counterfactual,
      };
    }
    requireBeginning(
      { ...longest, ends: [], order: order!, range: { from: first, to: end }, forecasts: [] },
      ended,
      own,
    );
    console.log(
      `to ${new Date(to).toISOString()}: equity ${results.equity}, ${records.closed.length} trades`,
    );
  }
  const source = {
    packageId: order!.packageId,
    packageVersion: order!.packageVersion,
    symbol: order!.symbol,
  };
  const stored = await service.services.storedForecasts.range(source, {
    from: ends[0]! - FORECASTS_FROM_MS,
    to: ends.at(-1)!,
  });
  const isKept = (asOf: number) =>
    asOf % FORECAST_STEP_MS === 0 &&
    (asOf >= ends[0]! - MORE_FORECASTS_FROM_MS || (asOf + FORECAST_STEP_MS) % DAY_MS === 0);
  const content: DemoHistory = {
    range: { from: first, to: end },
    order: order!,
    ...longest!,
    ends: finished,
    forecasts: stored
      .filter(({ asOf }) => isKept(asOf))
      .map(({ asOf, quantiles }) => ({ asOf, quantiles: Buffer.from(quantiles.buffer).toString('base64') })),
  };
  const bytes = brotliCompressSync(textOfHistory(content));
  await writeFile(HISTORY_FILE, bytes);
  console.log(`${HISTORY_FILE}: ${bytes.length} bytes`);
} finally {
  await database.destroy();
  await service.close();
}

type Records = Pick<DemoHistory, 'lines' | 'closed' | 'decisions' | 'equity'>;

async function recordsOf(history: HistoryRepository, id: string): Promise<Records> {
  const all = Number.MAX_SAFE_INTEGER;
  return {
    lines: (await history.ledger(id, all)).reverse(),
    closed: (await history.closedLots(id, all)).reverse(),
    // Hashes of inputs would be others at another time, and timings are of this machine.
    decisions: (await history.decisions(id, all)).reverse().map((decision) => ({
      ...decision,
      evidence: decision.evidence && { ...decision.evidence, inputsHash: null, timingsMs: {} },
    })),
    equity: await history.equityAfter(id, 1, Number.MIN_SAFE_INTEGER, all),
  };
}

async function accountOf(replays: ReplayRepository, id: string) {
  const stored = await replays.accounts.find(id);
  if (stored === undefined) throw new Error(`The account of ${id} is gone.`);
  return stored;
}

function withOwnId<T>(id: string, records: T): T {
  return JSON.parse(JSON.stringify(records).replaceAll(id, HISTORY_ID)) as T;
}

/** The records of a shorter replay must be the beginning of those of the longest. */
function requireBeginning(history: DemoHistory, ended: HistoryEnd, own: Records): void {
  const { lines, closed, decisions, equity } = sliceOf(history, ended).outcome;
  if (!isDeepStrictEqual({ lines, closed, decisions, equity }, own))
    throw new Error(
      `The replay to ${new Date(ended.to).toISOString()} is not the beginning of the longest one.`,
    );
}
