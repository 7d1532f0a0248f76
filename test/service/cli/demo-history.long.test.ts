// promise: docs/operations.md "data/demo"

import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadRecording, moveRecording, moveToLastWeek } from '../../../simulator/recording.ts';
import { createHistoryRepository } from '../../../src/accounts/history-repository.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/candle.ts';
import { HISTORY_ID, readDemoHistory } from '../../../src/cli/shared/demo-history.ts';
import { openDemoRecording } from '../../../src/cli/shared/demo-recording.ts';
import { seedDemoStore } from '../../../src/cli/shared/seed-demo-store.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import type { DecisionRecord } from '../../../src/trading/decision-record.ts';
import { expectNearlyEqual } from '../../helper/nearly-equal.ts';
import { startTestService } from '../../helper/service.ts';
import { openTestDatabase } from '../../helper/test-database.ts';
import { waitFor } from '../../helper/wait.ts';

const recording = await loadRecording(join(PROJECT_ROOT, 'recording'));
const NOW = Date.parse('2026-12-03T14:05:00Z');
const RECOMPUTED_DAYS = 3;

test('the history of the demo is what a replay computes', async () => {
  const { order, closed, lines, decisions, equity } = await readDemoHistory(HISTORY_ID, 0);
  const to = order.from + RECOMPUTED_DAYS * DAY_MS;
  const service = await startTestService({
    now: () => to + MINUTE_MS,
    changeRecording: () => recording,
  });
  onTestFinished(() => service.close());
  const { replays } = service.services;
  const [requested] = await replays.request([order.packageId], { from: order.from, to });
  const { id } = requested!;
  const replay = await waitFor(
    'the replay ends',
    () => replays.get(id),
    ({ finishedAt }) => finishedAt !== null,
  );
  expect(replay).toMatchObject({
    state: 'DONE',
    packageVersion: order.packageVersion,
    settings: order.settings,
  });

  const database = await openDatabase(service.config.store);
  onTestFinished(() => database.destroy());
  const history = createHistoryRepository(database);
  const own = <T>(records: T): T => JSON.parse(JSON.stringify(records).replaceAll(id, HISTORY_ID));
  const all = 1e6;
  const ledger = own(await history.ledger(id, all)).reverse();
  expect(ledger.length).toBeGreaterThan(10);
  expectNearlyEqual(ledger, lines.slice(0, ledger.length));
  const lots = own(await history.closedLots(id, all)).reverse();
  expectNearlyEqual(lots, closed.slice(0, lots.length));
  const points = await history.equityAfter(id, 1, Number.MIN_SAFE_INTEGER, all);
  expectNearlyEqual(
    points,
    equity.filter(({ time }) => time <= to),
  );
  const made = own(await history.decisions(id, all)).reverse();
  expect(made).toHaveLength(RECOMPUTED_DAYS * 96);
  expectNearlyEqual(made.map(comparable), decisions.slice(0, made.length).map(comparable));
});

/** A decision without what differs between two runs: times of computing, and the last digits of numbers in sentences. */
function comparable({ evidence, sentences, ...decision }: DecisionRecord) {
  const { quantiles, rawAction } = evidence ?? {};
  const wordings = sentences.map((sentence) => sentence.replace(/\d[\d,.]*/g, '#'));
  return { ...decision, wordings, quantiles, rawAction };
}

test('a new store has the finished replay up to the last midnight, and its candles', async () => {
  const movedByMs = moveToLastWeek(recording, NOW);
  const database = await openTestDatabase();
  const options = { recording: moveRecording(recording, movedByMs), movedByMs, now: NOW };
  const replay = await seedDemoStore(database, { ...options, id: `replay_${randomUUID()}` });
  expect(replay).toMatchObject({ state: 'DONE', to: Date.parse('2026-12-03T00:00:00Z') });
  expect((replay.to - replay.from) / DAY_MS).toBe(45);
  const { performance, lookAhead, quality } = replay.results!;
  expect(performance.withheld).not.toHaveProperty('sharpe');
  expect(performance.figures.sharpe).not.toBeNull();
  expect(performance.buyAndHold).not.toBeNull();
  expect(lookAhead).toMatchObject({ candlesEqual: lookAhead?.candlesChecked, firstDifference: null });
  expect(quality?.to).toBe(replay.to - replay.pipeline.decisionMs);

  const history = createHistoryRepository(database);
  const lines = await history.ledger(replay.id, 1e6);
  const wallet = lines.reduce((sum, { amount }) => sum + amount, replay.initialBalance);
  expect(wallet).toBeCloseTo(replay.results!.wallet, 6);
  const [newest] = await history.decisions(replay.id, 1);
  expect(newest?.asOf).toBe(replay.to - replay.pipeline.decisionMs);
  expect(newest?.accountId).toBe(replay.id);
});

test('a later start moves the recording as the first did, and refuses the data of another one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-demo-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const first = await openDemoRecording(join(folder, 'demo'), NOW);
  expect((await openDemoRecording(join(folder, 'demo'), NOW + 20 * DAY_MS)).movedByMs).toBe(first.movedByMs);
  expect(await readdir(folder)).toEqual(['demo']);
  await expect(openDemoRecording(folder, NOW)).rejects.toMatchObject({
    code: 'STORE_UNUSABLE',
    message: expect.stringContaining('Delete the folder'),
  });
});
