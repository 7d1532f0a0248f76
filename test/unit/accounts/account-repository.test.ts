import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountRepository, StoredAccount } from '../../../src/accounts/account-repository.ts';
import type { HistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { createReadRevisions } from '../../../src/db/revisions.ts';
import { createForecastRepository } from '../../../src/decisions/forecast-repository.ts';
import type { PaperAccount } from '../../../src/trading/account.ts';
import { pause, reset } from '../../../src/trading/account-commands.ts';
import { executeIntrabarCandle, skipCandles } from '../../../src/trading/execute-candle.ts';
import { recordedGate } from '../../../src/trading/gates.ts';
import { openManually } from '../../../src/trading/manual-order.ts';
import { concatOutcomes } from '../../../src/trading/outcome.ts';
import { recordGate, takeDecision } from '../../../src/trading/take-decision.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import {
  account,
  closedCandle,
  decisionMarket,
  flatCandle,
  lot,
  policySignal,
  START,
} from '../../helper/paper.ts';
import { openPaperStore } from '../../helper/paper-store.ts';
import { randomRun, tradeLive } from '../../helper/random-run.ts';
import { repetitions } from '../../helper/run-length.ts';

let database: Database;
let accounts: AccountRepository;
let history: HistoryRepository;

beforeEach(async () => {
  ({ database, accounts, history } = await openPaperStore());
});

async function create(start: PaperAccount = account()): Promise<StoredAccount> {
  return (await accounts.create({ account: start, packageId: 'test', symbol: 'BTCUSDT', now: START })).stored;
}

async function commit(stored: StoredAccount, change: Parameters<AccountRepository['commit']>[1]) {
  return (await accounts.commit(stored, change, START + 1)) as StoredAccount;
}

const OPENING = () => takeDecision(account(), decisionMarket(), policySignal());

describe('an account in the store', () => {
  it('is created once, however often', async () => {
    const first = await create();
    const again = await create(account({}, { initialBalance: 5 }));
    expect(again).toEqual(first);
    expect(await history.epochs('paper_test')).toEqual([
      { epoch: 1, initialBalance: 10_000, startedAt: START, endedAt: null, hidden: false },
    ]);
  });

  it('is read as it was stored, with its lots in the order opened', async () => {
    let stored = await create();
    stored = await commit(stored, OPENING());
    stored = await commit(stored, executeIntrabarCandle(stored.account, closedCandle(flatCandle(0))));
    const second = openManually(
      stored.account,
      { time: START + 200_000, price: 100, atr14: 1 },
      { key: 'k', side: 'long', notional: 70 },
    );
    stored = await commit(stored, second);
    expect(await accounts.find('paper_test')).toEqual(stored);
    expect(await accounts.list()).toEqual([stored]);
    expect(stored.account.lots).toHaveLength(2);
    expect(await accounts.find('paper_other')).toBeUndefined();
    expect(await history.hasLotOfKey('paper_test', 'manual-k')).toBe(true);
    expect(await history.hasLotOfKey('paper_test', 'manual-j')).toBe(false);
  });

  it('is not written over by those who have not seen its last change', async () => {
    const stored = await create();
    await commit(stored, OPENING());
    expect(await accounts.commit(stored, OPENING(), START)).toBeUndefined();
    expect(await accounts.commit(stored, { account: pause(stored.account) }, START)).toBeUndefined();
    expect(await history.ledger('paper_test', 10)).toHaveLength(1);
    expect((await accounts.find('paper_test'))?.account.status).toBe('ACTIVE');
  });

  it('bumps its revision whenever it is stored, and only then', async () => {
    const read = createReadRevisions(database);
    const revisions = [await read('account:paper_test')];
    const note = async () => void revisions.push(await read('account:paper_test'));
    const stored = await create();
    await note();
    await create();
    await note();
    const after = await commit(stored, OPENING());
    await note();
    await accounts.commit(stored, { account: pause(stored.account) }, START);
    await note();
    await commit(after, { account: pause(after.account) });
    await note();
    const distinct = [...new Set(revisions)];
    expect(revisions.map((revision) => distinct.indexOf(revision))).toEqual([0, 1, 1, 2, 2, 3]);
    expect(await read('account:paper_other', 'replays')).toBe('0 0');
  });

  it('stays as it was when a part of an event cannot be stored', async () => {
    const before = await commit(await create(), OPENING());
    const executed = executeIntrabarCandle(before.account, closedCandle({ ...flatCandle(0), low: 90 }));
    const line = executed.lines[0]!;
    const broken = { ...executed, lines: [...executed.lines, { ...line, sequence: 99 }] };
    await expect(accounts.commit(before, broken, START)).rejects.toThrow();
    expect(await accounts.find('paper_test')).toEqual(before);
    expect(await history.closedLots('paper_test', 10)).toEqual([]);
    expect((await commit(before, executed)).account).toEqual(executed.account);
  });

  it('keeps one row for a candle: a reason gives way to a decision, a decision to nothing', async () => {
    const refused = recordGate(account(), START, recordedGate('WARMUP', 'Not warm.'));
    let stored = await commit(await create(), refused);
    expect(await history.decision('paper_test', START)).toEqual(refused.decisions[0]);
    const decided = takeDecision(stored.account, decisionMarket(), policySignal());
    stored = await commit(stored, decided);
    await commit(stored, { ...decided, lines: [], opened: [], decisions: refused.decisions });
    expect(await history.decisions('paper_test', 10)).toEqual(decided.decisions);
    expect(await history.decidedCandles('paper_test', 0, START)).toEqual([START]);
  });
});

describe('a reset', () => {
  const now = { time: START + DECISION_CANDLE_MS, price: 100, atr14: 1 };

  async function resetTwice(hide: boolean) {
    let stored = await commit(await create(), OPENING());
    for (let count = 0; count < 2; count++)
      stored = (await accounts.commit(stored, reset(stored.account, now), now.time, hide)) as StoredAccount;
    return stored;
  }

  it('ends one epoch and begins the next', async () => {
    const stored = await resetTwice(false);
    expect(stored).toMatchObject({ resetAt: now.time, account: { epoch: 3, wallet: 10_000, lots: [] } });
    expect(await accounts.find('paper_test')).toEqual(stored);
    const epochs = await history.epochs('paper_test');
    expect(epochs.map(({ epoch, endedAt }) => [epoch, endedAt])).toEqual([
      [1, now.time],
      [2, now.time],
      [3, null],
    ]);
    const lines = await history.ledger('paper_test', 10);
    expect(lines.map(({ kind, epoch }) => [kind, epoch])).toEqual([
      ['reset', 2],
      ['reset', 1],
      ['exit_fee', 1],
      ['realised_pnl', 1],
      ['entry_fee', 1],
    ]);
  });

  it('hides what was before, and deletes nothing', async () => {
    await resetTwice(true);
    expect(await history.ledger('paper_test', 10)).toEqual([]);
    expect(await history.closedLots('paper_test', 10)).toEqual([]);
    expect(await history.decisions('paper_test', 10)).toEqual([]);
    const lines = await history.linesAfter('paper_test', 1, 0, 100);
    expect(lines.filter(({ trade }) => trade !== null)).toHaveLength(1);
  });
});

describe('a random life', () => {
  it('is stored event by event, and each time read again, without a difference', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(randomRun, async ({ start, candles }) => {
        const outcomes = tradeLive({ ...start, id: `paper_${count++}` }, candles);
        const whole = concatOutcomes(start, outcomes);
        const { id } = whole.account;
        await create({ ...start, id });
        for (const outcome of outcomes) await commit((await accounts.find(id)) as StoredAccount, outcome);
        expect((await accounts.find(id))?.account).toEqual(whole.account);
        expect((await history.ledger(id, 10_000)).reverse()).toEqual(whole.lines);
        expect((await history.decisions(id, 10_000)).reverse()).toEqual(whole.decisions);
        expect(await history.equityAfter(id, 1, -1, 10_000)).toEqual(whole.equity);
        const closed = await history.closedLots(id, 10_000);
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
        expect([...closed].sort(byId)).toEqual([...whole.closed].sort(byId));
        const lines = await history.linesAfter(id, 1, 0, 10_000);
        const sum = lines.reduce((total, { amount }) => total + amount, 10_000);
        expect(sum).toBeCloseTo(whole.account.wallet, 7);
        expect(lines.flatMap(({ trade }) => trade ?? [])).toEqual(
          whole.closed.map(({ reason, netPnl, margin, openedAt, closedAt }) => ({
            ...{ reason, netPnl, margin, openedAt, closedAt },
          })),
        );
        expect(await history.equityAfter(id, 1, 0, 2)).toEqual(whole.equity.slice(0, 2));
      }),
      { numRuns: repetitions(25, 12) },
    );
  });

  it('of years without lots is stored at once', async () => {
    const idle = skipCandles(account(), START + 5000 * DECISION_CANDLE_MS);
    await commit(await create(), idle);
    expect(await history.equityAfter('paper_test', 1, -1, 10_000)).toHaveLength(5000);
    expect(await history.decisions('paper_test', 10_000)).toHaveLength(5000);
  });
});

describe('lists', () => {
  it('go on after the last of the page before', async () => {
    const lots = [1, 2, 3, 4, 5].map((number) => lot({ id: `lot${number}`, key: `${number}` }));
    const opening = { account: account({}, { lots }), opened: lots, lines: [] };
    const lines = lots.map(({ id }, index) => ({
      id: `line${index}`,
      accountId: 'paper_test',
      epoch: 1,
      sequence: index + 1,
      time: START,
      kind: 'entry_fee' as const,
      amount: -0.06,
      lotId: id,
      walletAfter: 10_000,
      ...{ reason: null, detail: null },
    }));
    let stored = await commit(await create(), { ...opening, lines });
    stored = await commit(
      stored,
      executeIntrabarCandle({ ...stored.account, lineCount: 5 }, closedCandle({ ...flatCandle(0), low: 94 })),
    );
    const seen: string[] = [];
    let page = await history.closedLots('paper_test', 2);
    while (page.length > 0) {
      seen.push(...page.map(({ id }) => id));
      page = await history.closedLots('paper_test', 2, page.at(-1));
    }
    expect(seen).toEqual(['lot5', 'lot4', 'lot3', 'lot2', 'lot1']);
    const first = await history.ledger('paper_test', 4);
    const rest = await history.ledger('paper_test', 100, first.at(-1));
    expect([...first, ...rest].map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 15 }, (_, index) => 15 - index),
    );
  });
});

describe('forecasts', () => {
  const source = { packageId: 'alpha', packageVersion: '1', symbol: 'BTCUSDT' };
  const quantilesOf = (seed: number) => Float32Array.from({ length: 576 }, (_, i) => Math.sin(i + seed));
  const all = { from: 0, to: Number.MAX_SAFE_INTEGER };

  it('are kept to the last bit, once', async () => {
    const forecasts = createForecastRepository(database, () => START);
    await forecasts.store(source, [{ asOf: START, quantiles: quantilesOf(0) }], 'live');
    await forecasts.store(source, [{ asOf: START, quantiles: quantilesOf(1) }], 'live');
    await forecasts.store(source, [{ asOf: START, quantiles: quantilesOf(2) }], 'replay');
    expect(await forecasts.range(source, all)).toEqual([{ asOf: START, quantiles: quantilesOf(0) }]);
    expect(await forecasts.range({ ...source, packageVersion: '2' }, all)).toEqual([]);
  });

  it('of a replay give way to those of live decisions', async () => {
    const forecasts = createForecastRepository(database, () => START);
    await forecasts.store(source, [{ asOf: START, quantiles: quantilesOf(1) }], 'replay');
    expect(await forecasts.range(source, { ...all, origin: 'live' })).toEqual([]);
    await forecasts.store(source, [{ asOf: START, quantiles: quantilesOf(2) }], 'live');
    expect(await forecasts.range(source, { ...all, origin: 'live' })).toEqual([
      { asOf: START, quantiles: quantilesOf(2) },
    ]);
  });

  it('are let go of by age where they are live, by number where they are not', async () => {
    let now = 0;
    const forecasts = createForecastRepository(database, () => now);
    for (now = 1; now <= 6; now++) {
      await forecasts.store(source, [{ asOf: now, quantiles: quantilesOf(now) }], 'live');
      await forecasts.store(source, [{ asOf: 100 + now, quantiles: quantilesOf(now) }], 'replay');
    }
    expect(await forecasts.forgetLive(4)).toBe(false);
    while (await forecasts.forgetReplayed(2));
    expect((await forecasts.range(source, all)).map(({ asOf }) => asOf)).toEqual([4, 5, 6, 105, 106]);
  });
});
