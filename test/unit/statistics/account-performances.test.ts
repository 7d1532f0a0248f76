import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountRepository, StoredAccount } from '../../../src/accounts/account-repository.ts';
import type { HistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { createAccountPerformances } from '../../../src/statistics/account-performances.ts';
import { bootstrapIntervals } from '../../../src/statistics/bootstrap.ts';
import { CurveTally } from '../../../src/statistics/curve-tally.ts';
import { TradeTally } from '../../../src/statistics/trade-tally.ts';
import { skipCandles } from '../../../src/trading/execute-candle.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { account, START } from '../../helper/paper.ts';
import { openPaperStore } from '../../helper/paper-store.ts';
import { randomRun, tradeLive } from '../../helper/random-run.ts';

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
        const tally = new TradeTally();
        for (const lot of outcomes.flatMap(({ closed }) => closed)) tally.add(lot);
        expect(whole).toMatchObject({ ...tally.statistics() });
        const curve = new CurveTally(start.initialBalance);
        for (const point of outcomes.flatMap(({ equity }) => equity)) curve.add(point);
        expect(whole.maxDrawdown).toBe(curve.maxDrawdown);
        expect(whole.totalReturn).toBe(curve.lastEquity / start.initialBalance - 1);
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
      exposureTime: null,
      intervals: { sharpe: null },
    });
  });

  it('has intervals of whole days, and the older ones while new ones are computed', async () => {
    const rising = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => ({
        ...{ time: START + (from + i + 1) * DECISION_CANDLE_MS, wallet: 10_000, openLots: 0, openSide: null },
        equity: 10_000 + 5 * (from + i) + 20 * Math.sin((from + i) ** 2),
      }));
    const growing = performances();
    let stored = await create();
    const addTo = async (from: number, to: number) => {
      const change = { account: stored.account, equity: rising(from, to) };
      stored = (await accounts.commit(stored, change, START)) as StoredAccount;
    };
    const intervalsOf = (points: number) => {
      const curve = new CurveTally(10_000);
      for (const point of rising(0, points)) curve.add(point);
      return bootstrapIntervals(curve.returns, DECISION_CANDLE_MS, 'paper_test', async () => {});
    };
    await addTo(0, 300);
    expect((await growing.read({ stored, price: null })).intervals).toEqual(await intervalsOf(288));
    await addTo(300, 383);
    expect((await growing.readWithNewIntervals({ stored, price: null })).intervals).toEqual(
      await intervalsOf(288),
    );
    await addTo(383, 400);
    expect((await growing.read({ stored, price: null })).intervals).toEqual(await intervalsOf(288));
    expect((await growing.readWithNewIntervals({ stored, price: null })).intervals).toEqual(
      await intervalsOf(384),
    );
  });
});
