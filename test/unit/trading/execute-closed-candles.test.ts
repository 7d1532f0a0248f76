import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeBalance } from '../../../src/trading/account.ts';
import type { FormingDecisionCandle } from '../../../src/trading/decision-candle.ts';
import { executeClosedCandles } from '../../../src/trading/execute-closed-candles.ts';
import { manualLotKey } from '../../../src/trading/manual-order.ts';
import { concatOutcomes, type Outcome } from '../../../src/trading/outcome.ts';
import { takeDecision } from '../../../src/trading/take-decision.ts';
import { decisionMarketOf } from '../../../src/trading/trade-past-candles.ts';
import { account, decisionMarket, flatCandle, lot, policySignal, START } from '../../helper/paper.ts';
import { type PolledCandle, randomCompleteRun, tradeLive } from '../../helper/random-run.ts';

const STOPPING = { ...flatCandle(0), low: 94 };

function forming(...closed: FormingDecisionCandle['closed']): FormingDecisionCandle {
  return { openTime: START, closed, funding: [], atr14: 1 };
}

/** A decision candle when `closed` of its intrabar candles are closed. */
function soFar({ decisionCandle }: PolledCandle, closed: number): FormingDecisionCandle {
  const { candle, intrabar, funding, atr14 } = decisionCandle;
  return { openTime: candle.openTime, closed: (intrabar ?? []).slice(0, closed), funding, atr14 };
}

describe('the forming decision candle', () => {
  const holding = account({}, { lots: [lot()] });

  it('is not executed as long as a poll may still decide', () => {
    expect(
      executeClosedCandles(holding, { closed: [], forming: forming(STOPPING) }, 'when decided'),
    ).toMatchObject({
      account: holding,
      lines: [],
      decisions: [],
    });
  });

  it('is executed once it is decided', () => {
    const { account: decided } = takeDecision(holding, decisionMarket(), policySignal({ direction: 'FLAT' }));
    const { closed } = executeClosedCandles(
      decided,
      { closed: [], forming: forming(STOPPING) },
      'when decided',
    );
    expect(closed).toMatchObject([{ reason: 'STOP_LOSS' }]);
  });

  it('is executed to show the current state of the account', () => {
    const { closed, decisions } = executeClosedCandles(
      holding,
      { closed: [], forming: forming(STOPPING) },
      'always',
    );
    expect(closed).toMatchObject([{ reason: 'STOP_LOSS' }]);
    expect(decisions).toMatchObject([{ reason: 'MISSED' }]);
  });
});

it('an account that executes candles at any time, is polled late, restarted and given candles twice ends with the same ledger', () => {
  const moments = fc.infiniteStream(fc.record({ poll: fc.nat(4), views: fc.nat(5), restart: fc.boolean() }));
  fc.assert(
    fc.property(randomCompleteRun, moments, ({ start, candles }, stream) => {
      const straight = concatOutcomes(start, tradeLive(start, candles));
      const outcomes: Outcome[] = [];
      let current = start;
      const take = (outcome: Outcome) => {
        outcomes.push(outcome);
        current = outcome.account;
      };
      for (const [index, polled] of candles.entries()) {
        const { poll: pollAt, views, restart } = stream.next().value;
        const past = candles.slice(Math.max(0, index - 2), index).map(({ decisionCandle }) => decisionCandle);
        for (let closed = 0; closed <= 4; closed++) {
          if (restart) current = JSON.parse(JSON.stringify(current));
          take(
            executeClosedCandles(current, { closed: past, forming: soFar(polled, closed) }, 'when decided'),
          );
          if (closed === views)
            executeClosedCandles(current, { closed: past, forming: soFar(polled, closed) }, 'always');
          const { poll } = polled;
          if (closed === pollAt && poll !== null && 'signal' in poll && current.status !== 'KILLED')
            take(takeDecision(current, decisionMarketOf(polled.decisionCandle), poll.signal));
        }
        take(
          executeClosedCandles(current, { closed: [polled.decisionCandle], forming: null }, 'when decided'),
        );
      }
      const whole = concatOutcomes(start, outcomes);
      expect(whole.lines).toEqual(straight.lines);
      expect(whole.closed).toEqual(straight.closed);
      expect(whole.equity).toEqual(straight.equity);
      expect(whole.decisions.filter(({ decided }) => decided)).toEqual(
        straight.decisions.filter(({ decided }) => decided),
      );
    }),
    { numRuns: 60 },
  );
});

it('the free balance is the wallet without the margins', () => {
  expect(freeBalance(account({}, { lots: [lot(), lot({ id: 'b', margin: 5 })] }))).toBe(9985);
});

it('the key of a manual lot does not depend on the epoch', () => {
  expect(manualLotKey('k')).toBe('manual-k');
});
