import { describe, expect, onTestFinished, test } from 'vitest';
import type { StoredAccount } from '../../../src/accounts/account-repository.ts';
import type { AlertKind } from '../../../src/alerts/alert.ts';
import { createAlertRepository } from '../../../src/alerts/alert-repository.ts';
import type { CandleState } from '../../../src/alerts/conditions.ts';
import { openAlerts } from '../../../src/alerts/open-alerts.ts';
import { openDatabase } from '../../../src/db/connection.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { newAccount } from '../../../src/trading/account.ts';
import { DEFAULT_SETTINGS } from '../../../src/trading/settings.ts';
import { keptLog, steppedTime } from '../../helper/alerts.ts';

const START = Date.parse('2026-11-26T00:00:00Z');
const MINUTE = 60_000;

/** What the alerts watch, to be changed by a test. */
function world() {
  const account = newAccount({
    id: 'paper_x',
    settings: DEFAULT_SETTINGS,
    initialBalance: 10_000,
    at: START,
  });
  const stored: StoredAccount = {
    ...{ account, packageId: null, symbol: 'BTCUSDT', revision: 1, createdAt: START },
    ...{ updatedAt: START, resetAt: null },
  };
  return {
    stored,
    market: {
      ...{ symbol: 'BTCUSDT', newestCloseTime: START, stale: false, lastError: null },
    } as CandleState,
    model: { id: 'x', createdAt: START, status: 'UPLOADED', warmUpStatus: 'PENDING' } as ModelPackage,
  };
}

async function openWatch() {
  const database = await openDatabase(':memory:');
  onTestFinished(() => database.destroy());
  const time = steppedTime(START);
  const now = world();
  let polled: (id: string) => void = () => {};
  let onAccount: (stored: StoredAccount) => void = () => {};
  const published: unknown[] = [];
  const open = () =>
    openAlerts({
      database,
      webhook: undefined,
      desk: {
        onPoll(listener) {
          polled = listener;
        },
        accounts: {
          list: async () => [{ stored: now.stored, model: null }],
          onChange(listener) {
            onAccount = (stored) => listener(stored, stored);
          },
        },
      },
      registry: { list: async () => [now.model], onChange() {} },
      live: { followed: () => ['BTCUSDT'] },
      history: { status: async () => ({ symbols: [now.market] }) },
      events: { publish: (_kind, data) => void published.push(data.kind) },
      ...{ now: time.now, timers: time.timers, log: keptLog() },
    });
  let alerts = await open();
  onTestFinished(() => alerts.close());
  const told = async () =>
    (await createAlertRepository(database).list(100)).reverse().map(({ kind }) => kind);
  return {
    now,
    time,
    published,
    told,
    poll: () => polled('paper_x'),
    change(stored: StoredAccount) {
      now.stored = stored;
      onAccount(stored);
    },
    /** Lets enough time pass for all that is to be told by now. */
    async expectTold(...kinds: AlertKind[]) {
      await time.pass(10 * MINUTE);
      expect(await told()).toEqual(kinds);
    },
    pass: time.pass,
    async restart() {
      await alerts.close();
      alerts = await open();
    },
  };
}

describe('a market that does not bring candles', () => {
  test('is told of once for each episode, also over restarts, and when it is over', async () => {
    const watch = await openWatch();
    await watch.pass(10 * MINUTE);
    expect(await watch.told()).toEqual([]);

    watch.now.market = { ...watch.now.market, stale: true };
    await watch.expectTold('MARKET_STALE');
    // Late candles come, and still it is stale.
    watch.now.market = { ...watch.now.market, newestCloseTime: START + 15 * MINUTE };
    await watch.pass(60 * MINUTE);
    await watch.restart();
    await watch.pass(60 * MINUTE);
    expect(await watch.told()).toEqual(['MARKET_STALE']);

    watch.now.market = { ...watch.now.market, stale: false, newestCloseTime: START + 120 * MINUTE };
    await watch.expectTold('MARKET_STALE', 'MARKET_RECOVERED');
    watch.now.market = { ...watch.now.market, stale: true };
    await watch.expectTold('MARKET_STALE', 'MARKET_RECOVERED', 'MARKET_STALE');
    expect(watch.published).toEqual(['MARKET_STALE', 'MARKET_RECOVERED', 'MARKET_STALE']);
  });

  test('is given two minutes to come back, as after a start', async () => {
    const watch = await openWatch();
    for (let count = 0; count < 5; count++) {
      watch.now.market = { ...watch.now.market, stale: true };
      await watch.pass(MINUTE);
      watch.now.market = { ...watch.now.market, stale: false };
      await watch.pass(MINUTE);
    }
    expect(await watch.told()).toEqual([]);
  });
});

describe('a warm-up that fails', () => {
  test('is told of once, however often it is tried again, and when it is done at last', async () => {
    const watch = await openWatch();
    for (const warmUpStatus of ['ERROR', 'RUNNING', 'ERROR', 'PENDING', 'ERROR'] as const) {
      watch.now.model = { ...watch.now.model, warmUpStatus, warmUpError: 'no tensor' };
      await watch.pass(MINUTE);
    }
    expect(await watch.told()).toEqual(['WARMUP_ERROR']);
    watch.now.model = { ...watch.now.model, warmUpStatus: 'DONE', warmUpCompletedAt: START + 5 };
    await watch.expectTold('WARMUP_ERROR', 'WARMUP_RECOVERED');
    watch.now.model = { ...watch.now.model, warmUpStatus: 'ERROR' };
    await watch.expectTold('WARMUP_ERROR', 'WARMUP_RECOVERED', 'WARMUP_ERROR');
  });

  test('of another package that took the name is told too', async () => {
    const watch = await openWatch();
    watch.now.model = { ...watch.now.model, warmUpStatus: 'ERROR' };
    await watch.expectTold('WARMUP_ERROR');
    watch.now.model = { ...watch.now.model, createdAt: START + 1 };
    await watch.expectTold('WARMUP_ERROR', 'WARMUP_ERROR');
  });
});

describe('an account that the kill switch stops', () => {
  test('is told of once in an epoch, even when it is reset at once', async () => {
    const watch = await openWatch();
    const { stored } = watch.now;
    const inEpoch = (epoch: number, status: 'ACTIVE' | 'KILLED') => ({
      ...stored,
      account: { ...stored.account, epoch, status },
    });
    watch.change(inEpoch(1, 'KILLED'));
    watch.change(inEpoch(2, 'ACTIVE'));
    await watch.expectTold('ACCOUNT_KILLED');
    watch.change(inEpoch(2, 'KILLED'));
    await watch.restart();
    await watch.pass(MINUTE);
    expect(await watch.told()).toEqual(['ACCOUNT_KILLED', 'ACCOUNT_KILLED']);
  });

  test('is told of after a restart when a crash came before', async () => {
    const watch = await openWatch();
    const { stored } = watch.now;
    watch.now.stored = { ...stored, account: { ...stored.account, status: 'KILLED' } };
    await watch.expectTold('ACCOUNT_KILLED');
  });
});

describe('a loop', () => {
  async function pollFor(watch: Awaited<ReturnType<typeof openWatch>>, polls: number) {
    for (let count = 0; count < polls; count++) {
      watch.poll();
      await watch.pass(MINUTE);
    }
  }

  test('that falls silent is told of once, and when it is back', async () => {
    const watch = await openWatch();
    await pollFor(watch, 8);
    expect(await watch.told()).toEqual([]);
    await watch.pass(60 * MINUTE);
    expect(await watch.told()).toEqual(['LOOP_SILENT']);
    await watch.restart();
    await watch.pass(60 * MINUTE);
    expect(await watch.told()).toEqual(['LOOP_SILENT']);
    watch.poll();
    await watch.pass(MINUTE);
    expect(await watch.told()).toEqual(['LOOP_SILENT', 'LOOP_RECOVERED']);
  });

  test('that does not come back after a restart of the service is missed as well', async () => {
    const watch = await openWatch();
    await pollFor(watch, 8);
    await watch.restart();
    await watch.pass(4 * MINUTE);
    expect(await watch.told()).toEqual([]);
    await watch.expectTold('LOOP_SILENT');
  });

  test('is not missed where somebody polled a few times by hand, or the account is paused', async () => {
    const watch = await openWatch();
    await pollFor(watch, 3);
    await watch.pass(120 * MINUTE);
    await pollFor(watch, 8);
    const { stored } = watch.now;
    watch.now.stored = { ...stored, account: { ...stored.account, status: 'PAUSED' } };
    await watch.pass(120 * MINUTE);
    expect(await watch.told()).toEqual([]);
  });
});
