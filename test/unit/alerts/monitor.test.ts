// promise: docs/operations.md, table "Alerts"

import { describe, expect, onTestFinished, test } from 'vitest';
import type { StoredAccount } from '../../../src/accounts/account-repository.ts';
import type { AlertKind } from '../../../src/alerts/alert.ts';
import { createAlertRepository } from '../../../src/alerts/alert-repository.ts';
import type { CandleState } from '../../../src/alerts/conditions.ts';
import { openAlerts } from '../../../src/alerts/open-alerts.ts';
import { createEventHub } from '../../../src/events/event-hub.ts';
import { watchEvents } from '../../../src/events/watch-events.ts';
import { createInProcessJobs } from '../../../src/jobs/in-process-jobs.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import type { DriftAlert, DriftKind } from '../../../src/statistics/drift-alerts.ts';
import type { PackageDrift } from '../../../src/statistics/package-drift.ts';
import { newAccount } from '../../../src/trading/account.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../../src/trading/account-pipeline.ts';
import { DEFAULT_SETTINGS } from '../../../src/trading/settings.ts';
import { collectingLog, silentLog } from '../../helper/log.ts';
import { singleNode } from '../../helper/single-node.ts';
import { openTestDatabase } from '../../helper/test-database.ts';
import { simulatedTime } from '../../helper/time.ts';

const START = Date.parse('2026-11-26T00:00:00Z');
const MINUTE = 60_000;

/** The state that alerts watch; a test changes it. */
function createState() {
  const account = newAccount({
    id: 'paper_x',
    settings: DEFAULT_SETTINGS,
    pipeline: DEFAULT_ACCOUNT_PIPELINE,
    initialBalance: 10_000,
    at: START,
  });
  const stored: StoredAccount = {
    ...{ account, packageId: null, symbol: 'BTCUSDT', revision: 1, createdAt: START },
    ...{ updatedAt: START, resetAt: null, statusAt: null },
  };
  return {
    stored,
    market: {
      ...{ symbol: 'BTCUSDT', newestCloseTime: START, stale: false, lastError: null },
    } as CandleState,
    drift: undefined as PackageDrift | undefined,
    model: { id: 'x', createdAt: START, status: 'UPLOADED', warmUpStatus: 'PENDING' } as ModelPackage,
  };
}

async function startAlerts() {
  const database = await openTestDatabase();
  const time = simulatedTime(START);
  const state = createState();
  let polled: (id: string) => void = () => {};
  let onAccount: (stored: StoredAccount) => void = () => {};
  const published: unknown[] = [];
  const events = createEventHub('run');
  watchEvents(events, 'alert', (event) => published.push(event?.data.kind));
  const open = () =>
    openAlerts({
      diskSpace: async () => undefined,
      database,
      leases: singleNode().leases,
      jobs: createInProcessJobs({ timers: time.timers, log: silentLog }),
      webhook: undefined,
      desk: {
        onPoll(listener) {
          polled = listener;
        },
        accounts: {
          list: async () => [{ stored: state.stored, model: null }],
          onChange(listener) {
            onAccount = (stored) => listener(stored, stored);
          },
        },
      },
      registry: { list: async () => [state.model] },
      drift: { read: async () => () => state.drift },
      live: { followed: () => [{ symbol: 'BTCUSDT', pipelines: [DEFAULT_PIPELINE] }] },
      marketStatus: async () => ({ symbols: [state.market] }),
      events,
      ...{ now: time.clock, timers: time.timers, log: collectingLog() },
    });
  let opened = await open();
  onTestFinished(() => opened.close());
  const raised = async () =>
    (await createAlertRepository(database).list(100)).reverse().map(({ kind }) => kind);
  return {
    state,
    published,
    raised,
    newest: async () => JSON.parse((await createAlertRepository(database).list(1))[0]!.body),
    poll: () => polled('paper_x'),
    change(stored: StoredAccount) {
      state.stored = stored;
      onAccount(stored);
    },
    /** Expects these alerts after the time that a check, or a market's recovery, may take. */
    async expectRaised(...kinds: AlertKind[]) {
      await time.pass(10 * MINUTE);
      expect(await raised()).toEqual(kinds);
    },
    pass: time.pass,
    async restart() {
      await opened.close();
      opened = await open();
    },
  };
}

describe('a market without new candles', () => {
  test('raises one alert per episode, also across restarts, and one when it recovers', async () => {
    const alerts = await startAlerts();
    await alerts.pass(10 * MINUTE);
    expect(await alerts.raised()).toEqual([]);

    alerts.state.market = { ...alerts.state.market, stale: true };
    await alerts.expectRaised('MARKET_STALE');
    // A late candle arrives, and the market is still stale.
    alerts.state.market = { ...alerts.state.market, newestCloseTime: START + 15 * MINUTE };
    await alerts.pass(60 * MINUTE);
    await alerts.restart();
    await alerts.pass(60 * MINUTE);
    expect(await alerts.raised()).toEqual(['MARKET_STALE']);

    alerts.state.market = { ...alerts.state.market, stale: false, newestCloseTime: START + 120 * MINUTE };
    await alerts.expectRaised('MARKET_STALE', 'MARKET_RECOVERED');
    alerts.state.market = { ...alerts.state.market, stale: true };
    await alerts.expectRaised('MARKET_STALE', 'MARKET_RECOVERED', 'MARKET_STALE');
    expect(alerts.published).toEqual(['MARKET_STALE', 'MARKET_RECOVERED', 'MARKET_STALE']);
  });

  test('has two minutes to recover, as after a start', async () => {
    const alerts = await startAlerts();
    for (let count = 0; count < 5; count++) {
      alerts.state.market = { ...alerts.state.market, stale: true };
      await alerts.pass(MINUTE);
      alerts.state.market = { ...alerts.state.market, stale: false };
      await alerts.pass(MINUTE);
    }
    expect(await alerts.raised()).toEqual([]);
  });
});

describe('a warm-up that fails', () => {
  test('raises one alert, however often it is retried, and one when it succeeds', async () => {
    const alerts = await startAlerts();
    for (const warmUpStatus of ['ERROR', 'RUNNING', 'ERROR', 'PENDING', 'ERROR'] as const) {
      alerts.state.model = { ...alerts.state.model, warmUpStatus, warmUpError: 'no tensor' };
      await alerts.pass(MINUTE);
    }
    expect(await alerts.raised()).toEqual(['WARMUP_ERROR']);
    alerts.state.model = { ...alerts.state.model, warmUpStatus: 'DONE', warmUpCompletedAt: START + 5 };
    await alerts.expectRaised('WARMUP_ERROR', 'WARMUP_RECOVERED');
    alerts.state.model = { ...alerts.state.model, warmUpStatus: 'ERROR' };
    await alerts.expectRaised('WARMUP_ERROR', 'WARMUP_RECOVERED', 'WARMUP_ERROR');
  });

  test('of a new package with the same name raises another alert', async () => {
    const alerts = await startAlerts();
    alerts.state.model = { ...alerts.state.model, warmUpStatus: 'ERROR' };
    await alerts.expectRaised('WARMUP_ERROR');
    alerts.state.model = { ...alerts.state.model, createdAt: START + 1 };
    await alerts.expectRaised('WARMUP_ERROR', 'WARMUP_ERROR');
  });
});

describe('an account stopped by the kill switch', () => {
  test('raises one alert per epoch, even when it is reset at once', async () => {
    const alerts = await startAlerts();
    const { stored } = alerts.state;
    const inEpoch = (epoch: number, status: 'ACTIVE' | 'KILLED') => ({
      ...stored,
      account: { ...stored.account, epoch, status },
    });
    alerts.change(inEpoch(1, 'KILLED'));
    alerts.change(inEpoch(2, 'ACTIVE'));
    await alerts.expectRaised('ACCOUNT_KILLED');
    alerts.change(inEpoch(2, 'KILLED'));
    await alerts.restart();
    await alerts.pass(MINUTE);
    expect(await alerts.raised()).toEqual(['ACCOUNT_KILLED', 'ACCOUNT_KILLED']);
  });

  test('raises its alert after a restart, where a crash prevented it before', async () => {
    const alerts = await startAlerts();
    const { stored } = alerts.state;
    alerts.state.stored = { ...stored, account: { ...stored.account, status: 'KILLED' } };
    await alerts.expectRaised('ACCOUNT_KILLED');
  });
});

describe('a loop', () => {
  async function pollFor(alerts: Awaited<ReturnType<typeof startAlerts>>, polls: number) {
    for (let count = 0; count < polls; count++) {
      alerts.poll();
      await alerts.pass(MINUTE);
    }
  }

  test('that falls silent raises one alert, and one when it is back', async () => {
    const alerts = await startAlerts();
    await pollFor(alerts, 8);
    expect(await alerts.raised()).toEqual([]);
    await alerts.pass(60 * MINUTE);
    expect(await alerts.raised()).toEqual(['LOOP_SILENT']);
    await alerts.restart();
    await alerts.pass(60 * MINUTE);
    expect(await alerts.raised()).toEqual(['LOOP_SILENT']);
    alerts.poll();
    await alerts.pass(MINUTE);
    expect(await alerts.raised()).toEqual(['LOOP_SILENT', 'LOOP_RECOVERED']);
  });

  test('that does not come back after a restart of the service raises an alert', async () => {
    const alerts = await startAlerts();
    await pollFor(alerts, 8);
    await alerts.restart();
    await alerts.pass(4 * MINUTE);
    expect(await alerts.raised()).toEqual([]);
    await alerts.expectRaised('LOOP_SILENT');
  });

  test('is not expected after a few manual polls, or while the account is paused', async () => {
    const alerts = await startAlerts();
    await pollFor(alerts, 3);
    await alerts.pass(120 * MINUTE);
    await pollFor(alerts, 8);
    const { stored } = alerts.state;
    alerts.state.stored = { ...stored, account: { ...stored.account, status: 'PAUSED' } };
    await alerts.pass(120 * MINUTE);
    expect(await alerts.raised()).toEqual([]);
  });
});

describe('features outside the range of training', () => {
  const day = Date.parse('2026-11-25T00:00:00Z');
  const on = (kind: DriftKind, ...features: string[]): DriftAlert => ({
    ...{ kind, state: 'DRIFT', features },
    sentences: features.map((feature) => `${feature} is elsewhere.`),
  });
  const drift = (...alerts: DriftAlert[]): PackageDrift => ({ day, features: [], alerts });

  test('raise one alert for each kind, whose details change with the features', async () => {
    const alerts = await startAlerts();
    alerts.state.drift = drift();
    await alerts.expectRaised();
    alerts.state.drift = drift(on('others', 'vol_96'));
    await alerts.expectRaised('FEATURE_DRIFT');
    const first = await alerts.newest();
    expect(first).toEqual({
      ...{ id: 'feature_drift.x.others.2026-11-25', kind: 'FEATURE_DRIFT', subject: 'drift:x:others' },
      text: 'x reads values that it was not trained on: vol_96 is elsewhere.',
      details: { package: 'x', kind: 'others', state: 'DRIFT', features: 'vol_96', day: '2026-11-25' },
      created_at: expect.any(String),
    });

    const many = ['vol_96', 'rsi_14', 'ret_1', 'ret_4', 'ret_8', 'ret_16', 'vol_log'];
    alerts.state.drift = { ...drift(on('others', ...many)), day: day + 24 * 60 * MINUTE };
    await alerts.restart();
    await alerts.expectRaised('FEATURE_DRIFT');
    expect(await alerts.newest()).toEqual({
      ...first,
      text: expect.stringMatching(/ret_8 is elsewhere\. And 2 more\.$/),
      details: { ...first.details, features: many.join(', '), day: '2026-11-26' },
    });

    alerts.state.drift = drift(on('others', 'vol_96'), on('price units', 'atr_14'));
    await alerts.expectRaised('FEATURE_DRIFT', 'FEATURE_DRIFT');
    alerts.state.drift = drift(on('price units', 'atr_14'));
    await alerts.expectRaised('FEATURE_DRIFT', 'FEATURE_DRIFT', 'FEATURE_RECOVERED');
    expect(await alerts.newest()).toMatchObject({
      id: `${first.id}.over`,
      text: 'The features of x have been close to its training range for 7 days.',
    });
    expect(alerts.published).toEqual(['FEATURE_DRIFT', 'FEATURE_DRIFT', 'FEATURE_RECOVERED']);
  });

  test('that were outside before any node watched, and are not any more, raise nothing', async () => {
    const alerts = await startAlerts();
    await alerts.pass(10 * MINUTE);
    alerts.state.drift = drift();
    await alerts.expectRaised();
  });
});
