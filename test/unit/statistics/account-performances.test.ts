import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountRepository, StoredAccount } from '../../../src/accounts/account-repository.ts';
import type { HistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { createAccountPerformances } from '../../../src/statistics/account-performances.ts';
import { bootstrapIntervals, intervalSeed } from '../../../src/statistics/bootstrap.ts';
import { CurveTally } from '../../../src/statistics/curve-tally.ts';
import { performanceOf } from '../../../src/statistics/performance.ts';
import { TradeTally } from '../../../src/statistics/trade-tally.ts';
import { equityAt } from '../../../src/trading/account.ts';
import { skipCandles } from '../../../src/trading/execute-candle.ts';
import type { Outcome } from '../../../src/trading/outcome.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { account, START } from '../../helper/paper.ts';
import { openPaperStore } from '../../helper/paper-store.ts';
import { randomRun, tradeLive } from '../../helper/random-run.ts';

/** The first one after START. */
const MIDNIGHT = Date.UTC(2025, 10, 11);

let database: Database;
let accounts: AccountRepository;
let history: HistoryRepository;

beforeEach(async () => {
  ({ database, accounts, history } = await openPaperStore());
});

const create = async (start = account()) =>
  (await accounts.create({ account: start, packageId: null, symbol: 'BTCUSDT', now: START })).stored;

function performances(counted: HistoryRepository = history) {
  const { candles } = createMarketRepository(database);
  return createAccountPerformances({ history: counted, candles, pause: async () => {} });
}

/** A repository that counts the points it returns. */
function counting() {
  const read = { points: 0 };
  const counted: HistoryRepository = {
    ...history,
    async equityAfter(...asked) {
      const points = await history.equityAfter(...asked);
      read.points += points.length;
      return points;
    },
  };
  return { read, counted };
}

async function idleTo(stored: StoredAccount, candles: number): Promise<StoredAccount> {
  const outcome = skipCandles(stored.account, START + candles * DECISION_CANDLE_MS);
  return (await accounts.commit(stored, outcome, START)) as StoredAccount;
}

/** Rows by candle; a decision is final. */
function decisionsOf(outcomes: readonly Outcome[]) {
  const rows = new Map<number, boolean>();
  for (const { asOf, decided } of outcomes.flatMap(({ decisions }) => decisions))
    rows.set(asOf, decided || rows.get(asOf) === true);
  return { candles: rows.size, decided: [...rows.values()].filter(Boolean).length };
}

describe('the performance of an account that grows', () => {
  it('is the same whenever it was read before', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(randomRun, fc.infiniteStream(fc.boolean()), async ({ start, candles }, asked) => {
        const outcomes = tradeLive({ ...start, id: `paper_${count++}` }, candles);
        const growing = performances();
        let stored = await create({ ...start, id: `paper_${count - 1}` });
        for (const outcome of outcomes) {
          stored = (await accounts.commit(stored, outcome, START)) as StoredAccount;
          if (asked.next().value) await growing.read({ stored, price: 100 });
        }
        const whole = await growing.readWithNewIntervals({ stored, price: 100 });
        expect(whole).toEqual(await performances().readWithNewIntervals({ stored, price: 100 }));

        const lines = outcomes.flatMap((outcome) => outcome.lines);
        const fees = lines.filter(({ kind }) => kind === 'entry_fee' || kind === 'exit_fee');
        expect(whole.feesPaid).toBeCloseTo(-fees.reduce((sum, { amount }) => sum + amount, 0), 7);
        const trades = new TradeTally();
        for (const lot of outcomes.flatMap(({ closed }) => closed)) trades.add(lot);
        const curve = new CurveTally(start.initialBalance, start.pipeline.decisionMs);
        for (const point of outcomes.flatMap(({ equity }) => equity)) curve.add(point);
        const { lots, status, nextCandle } = stored.account;
        const recomputed = performanceOf({
          ...{ curve, trades, intervals: null, inSample: false, totals: {}, priceFrom: null, priceTo: null },
          decisions: decisionsOf(outcomes),
          mark: { time: nextCandle, equity: equityAt(stored.account, 100) },
          firstOpen: lots.length === 0 ? null : Math.min(...lots.map(({ openedAt }) => openedAt)),
          killedAt: status === 'KILLED' ? curve.changedAt : null,
        });
        const { feesPaid: _, fundingPaid: __, buyAndHold: ___, ...compared } = recomputed;
        expect(whole).toMatchObject(compared);
      }),
      { numRuns: 25 },
    );
  });

  it('reads no row twice', async () => {
    const { read, counted } = counting();
    const growing = performances(counted);
    const stored = await idleTo(await create(), 2500);
    await growing.read({ stored, price: null });
    expect(read.points).toBe(2500);
    await growing.read({ stored, price: 90 });
    const later = await idleTo(stored, 2503);
    await Promise.all([
      growing.read({ stored: later, price: null }),
      growing.read({ stored: later, price: null }),
    ]);
    expect(read.points).toBe(2503);
  });

  it('starts again with a new epoch', async () => {
    const growing = performances();
    const stored = await idleTo(await create(), 300);
    await growing.read({ stored, price: null });
    const fresh = { ...stored.account, epoch: 2, initialBalance: 5000, wallet: 5000, lineCount: 0 };
    const reset = (await accounts.commit(stored, { account: fresh }, START)) as StoredAccount;
    expect(await growing.read({ stored: reset, price: null })).toMatchObject({
      totalReturn: 0,
      timeInMarket: null,
      figures: { intervals: null },
    });
  });

  it('has intervals of whole days, and the older ones while new ones are computed', async () => {
    const equityAfter = (candles: number) => 10_000 + 0.1 * candles + 20 * Math.sin(candles ** 2);
    const trades = Array.from({ length: 40 }, (_, lot) => ({
      ...{ reason: 'SIGNAL' as const, netPnl: 1, margin: 100 },
      ...{
        openedAt: MIDNIGHT + lot * DECISION_CANDLE_MS,
        closedAt: MIDNIGHT + (lot + 1) * DECISION_CANDLE_MS,
      },
    }));
    const growing = performances({
      ...history,
      linesAfter: async (_, __, after) =>
        after > 0
          ? []
          : trades.map((trade, i) => ({ sequence: i + 1, kind: 'realised_pnl', amount: 1, trade })),
    });
    let stored = await create();
    const addTo = async (from: number, to: number) => {
      const equity = Array.from({ length: to - from }, (_, i) => ({
        ...{
          time: MIDNIGHT + (from + i + 1) * DECISION_CANDLE_MS,
          wallet: 10_000,
          openLots: 0,
          openSide: null,
        },
        equity: equityAfter(from + i + 1),
      }));
      stored = (await accounts.commit(stored, { account: stored.account, equity }, START)) as StoredAccount;
    };
    const intervalsOf = (days: number) => {
      const midnights = [10_000, ...Array.from({ length: days }, (_, day) => equityAfter(96 * (day + 1)))];
      const returns = midnights.slice(1).map((equity, day) => equity / midnights[day]! - 1);
      return bootstrapIntervals(returns, intervalSeed(MIDNIGHT), async () => {});
    };
    const [of30, of31] = [await intervalsOf(30), await intervalsOf(31)];
    const intervalsNow = async (read: 'read' | 'readWithNewIntervals') =>
      (await growing[read]({ stored, price: null })).figures.intervals;
    await addTo(0, 96 * 29 + 95);
    expect(await intervalsNow('readWithNewIntervals')).toBeNull();
    await addTo(96 * 29 + 95, 96 * 30);
    expect(await intervalsNow('read')).toEqual(of30);
    await addTo(96 * 30, 96 * 30 + 95);
    expect(await intervalsNow('readWithNewIntervals')).toEqual(of30);
    await addTo(96 * 30 + 95, 96 * 31 + 10);
    expect(await intervalsNow('read')).toEqual(of30);
    expect(await intervalsNow('readWithNewIntervals')).toEqual(of31);
  });
});
