import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../src/candle.ts';
import { equityAt, type PaperAccount } from '../../../src/trading/account.ts';
import { executeIntrabarCandle, executeWithoutIntrabar } from '../../../src/trading/execute-candle.ts';
import { recordedGate } from '../../../src/trading/gates.ts';
import { concatOutcomes, type Outcome } from '../../../src/trading/outcome.ts';
import { recordGate, takeDecision } from '../../../src/trading/take-decision.ts';
import { decisionMarketOf } from '../../../src/trading/trade-past-candles.ts';
import { account, flatCandle, ledgerSum } from '../../helper/paper.ts';
import { type PolledCandle, randomRun, tradeLive } from '../../helper/random-run.ts';

const RUNS = { numRuns: 80, seed: Math.floor(Math.random() * 2 ** 31) };
/** Generating and trading takes longer than the checks, which share these. */
const runs = fc.sample(randomRun, RUNS).map(({ start, candles }) => ({
  start,
  candles,
  outcomes: tradeLive(start, candles),
}));

/** Checks a property of all runs; fast-check finds and prints the smallest run that it does not hold for. */
function check(property: (start: PaperAccount, candles: PolledCandle[], outcomes: Outcome[]) => void): void {
  try {
    for (const { start, candles, outcomes } of runs) property(start, candles, outcomes);
  } catch (error) {
    const repeated = fc.property(randomRun, ({ start, candles }) => {
      property(start, candles, tradeLive(start, candles));
    });
    fc.assert(repeated, RUNS);
    throw error;
  }
}

function whole(outcomes: readonly Outcome[]): Outcome {
  return concatOutcomes(account(), outcomes);
}

describe('for any market and any polls', () => {
  it('the wallet is the initial balance plus the sum of the ledger, after every line', () => {
    check((start, _, outcomes) => {
      const lines = outcomes.flatMap((outcome) => outcome.lines);
      let sum = start.initialBalance;
      const errors = lines.map(({ amount, walletAfter }) => {
        sum += amount;
        return Math.abs(walletAfter - sum);
      });
      expect(errors.filter((error) => !(error < 1e-8))).toEqual([]);
      expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_, index) => index + 1));
      const amounts = lines.map(({ amount }) => amount);
      expect(amounts.map((amount) => Math.round(amount * 1e8) / 1e8)).toEqual(amounts);
      for (const outcome of outcomes) {
        const until = lines.slice(0, outcome.account.lineCount);
        expect(Math.abs(outcome.account.wallet - ledgerSum(start.initialBalance, until))).toBeLessThan(1e-8);
      }
    });
  });

  it('no id occurs twice, and what a lot did to the wallet is the sum of its lines', () => {
    check((_, __, outcomes) => {
      const { lines, closed, opened } = whole(outcomes);
      expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
      expect(new Set(opened.map(({ id }) => id)).size).toBe(opened.length);
      for (const lot of closed) {
        const own = lines.filter((line) => line.lotId === lot.id);
        expect(Math.abs(ledgerSum(0, own) - lot.netPnl)).toBeLessThan(1e-8);
      }
    });
  });

  it('margins take at most 10 % of the equity when a lot opens, lots are on one side and within their number', () => {
    check((start, candles, outcomes) => {
      let before = start;
      for (const [index, outcome] of outcomes.entries()) {
        const { decisionCandle, poll } = candles[index]!;
        if (outcome.opened.length > 0 && poll !== null && 'signal' in poll) {
          const { account: after } = takeDecision(before, decisionMarketOf(decisionCandle), poll.signal);
          const margins = after.lots.reduce((sum, { margin }) => sum + margin, 0);
          const fee = outcome.opened[0]!.entryFee;
          const marked = after.lots.slice(0, -1);
          const equity = equityAt({ wallet: after.wallet + fee, lots: marked }, decisionCandle.markPrice);
          expect(margins).toBeLessThanOrEqual(0.1 * equity + 1e-7);
          expect(new Set(after.lots.map(({ side }) => side)).size).toBe(1);
          expect(after.lots.length).toBeLessThanOrEqual(start.settings.maxPositions);
        }
        before = outcome.account;
      }
    });
  });

  it('stops and liquidations are filled inside their candle or at its open, targets at the target', () => {
    check((start, candles, outcomes) => {
      for (const [index, { closed }] of outcomes.entries()) {
        const { candle, intrabar } = candles[index]!.decisionCandle;
        for (const { reason, exitPrice, closedAt, takeProfit, stopLoss } of closed) {
          if (reason === 'TAKE_PROFIT') expect(exitPrice).toBe(takeProfit);
          if (reason !== 'STOP_LOSS' && reason !== 'LIQUIDATION') continue;
          if (reason === 'STOP_LOSS' && start.settings.stopGap === 'stop') {
            expect(exitPrice).toBe(stopLoss);
            continue;
          }
          const isIn = ({ openTime, low, high, open }: Candle, length: number) =>
            (closedAt === openTime && exitPrice === open) ||
            (closedAt === openTime + length && low <= exitPrice && exitPrice <= high);
          const executed = intrabar ?? [candle];
          const { decisionMs, intrabarMs } = start.pipeline;
          const length = intrabar === null ? decisionMs : intrabarMs;
          expect(executed.some((one) => isIn(one, length))).toBe(true);
        }
      }
    });
  });

  it('fees are never negative, and nothing is lost at a liquidation beyond the margin', () => {
    check((_, __, outcomes) => {
      const { lines, closed } = whole(outcomes);
      for (const { kind, amount } of lines) if (kind.endsWith('_fee')) expect(amount).toBeLessThanOrEqual(0);
      for (const { reason, grossPnl, margin } of closed)
        if (reason === 'LIQUIDATION') expect(grossPnl).toBeCloseTo(-margin, 7);
    });
  });

  it('every decision candle has one row and one point of the curve', () => {
    check((_, candles, outcomes) => {
      const openTimes = candles.map(({ decisionCandle }) => [decisionCandle.candle.openTime]);
      expect(outcomes.map(({ decisions }) => decisions.map(({ asOf }) => asOf))).toEqual(openTimes);
      const wallets = outcomes.map(({ account: { wallet } }) => [wallet]);
      expect(outcomes.map(({ equity }) => equity.map(({ wallet }) => wallet))).toEqual(wallets);
    });
  });

  it('a killed account has no lots and opens none', () => {
    check((_, __, outcomes) => {
      const killed = outcomes.findIndex((outcome) => outcome.account.status === 'KILLED');
      if (killed === -1) return;
      for (const outcome of outcomes.slice(killed)) expect(outcome.account.lots).toEqual([]);
    });
  });
});

describe('a repeated event does nothing', () => {
  it('after any events', () => {
    check((_, candles, outcomes) => {
      const { account: end } = outcomes.at(-1)!;
      const again = candles.flatMap(({ decisionCandle: { candle, intrabar, atr14, funding } }) => [
        executeWithoutIntrabar(end, { candle, atr14, funding }),
        recordGate(end, candle.openTime, recordedGate('STALE', 'Old.')),
        ...(intrabar ?? []).map((one) => executeIntrabarCandle(end, { candle: one, atr14, funding })),
      ]);
      const isNothing = ({ lines, closed, decisions, equity, account: after }: Outcome) =>
        [lines, closed, decisions, equity].every(({ length }) => length === 0) &&
        isDeepStrictEqual(after, end);
      expect(again.filter((outcome) => !isNothing(outcome))).toEqual([]);
    });
  });
});

describe('a run that is stopped anywhere and continued from what was stored', () => {
  it('ends in the same state, wherever it stopped', () => {
    fc.assert(
      fc.property(randomRun, fc.nat(), ({ start, candles }, seed) => {
        const straight = whole(tradeLive(start, candles));
        const pieces = pieceByPiece(start, candles, seed);
        expect(pieces.lines).toEqual(straight.lines);
        expect(pieces.closed).toEqual(straight.closed);
        expect(pieces.decisions).toEqual(straight.decisions);
        expect(pieces.equity).toEqual(straight.equity);
        expect(pieces.account).toEqual(straight.account);
      }),
      RUNS,
    );
  });
});

/** As the service does it: one event at a time, storing and reading the account in between at moments of `seed`. */
function pieceByPiece(start: PaperAccount, candles: readonly PolledCandle[], seed: number): Outcome {
  let current = start;
  let count = 0;
  const outcomes: Outcome[] = [];
  const take = (outcome: Outcome) => {
    outcomes.push(outcome);
    current = outcome.account;
    count += 1;
    if ((count * 7 + seed) % 3 === 0) current = JSON.parse(JSON.stringify(current));
  };
  for (const { decisionCandle, poll } of candles) {
    const { candle, intrabar, atr14, funding } = decisionCandle;
    const market = decisionMarketOf(decisionCandle);
    if (poll !== null && current.status !== 'KILLED') {
      if ('refusal' in poll) {
        take(recordGate(current, market.asOf, recordedGate(poll.refusal.reason, poll.refusal.sentence)));
      } else if (intrabar === null) {
        const sentence = 'Nothing opens in a candle without all of its intrabar candles.';
        take(recordGate(current, market.asOf, recordedGate('GAP', sentence)));
      } else take(takeDecision(current, market, poll.signal));
    }
    if (intrabar === null) take(executeWithoutIntrabar(current, { candle, atr14, funding }));
    for (const one of intrabar ?? []) take(executeIntrabarCandle(current, { candle: one, atr14, funding }));
  }
  return whole(outcomes);
}

it('an account that never trades has its balance to the last digit', () => {
  const { account: after } = executeIntrabarCandle(account(), {
    candle: flatCandle(0),
    atr14: 1,
    funding: [],
  });
  expect(after.wallet).toBe(10_000);
});
