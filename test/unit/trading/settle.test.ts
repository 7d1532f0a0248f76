import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeBalance } from '../../../src/trading/account.ts';
import { momentOf } from '../../../src/trading/execute-decision-candle.ts';
import { manualLotKey } from '../../../src/trading/manual-order.ts';
import { concatOutcomes, type Outcome } from '../../../src/trading/outcome.ts';
import { type FormingDecisionCandle, settle } from '../../../src/trading/settle.ts';
import { takeDecision } from '../../../src/trading/take-decision.ts';
import { account, flatBar, lot, moment, policySignal, START } from '../../helper/paper.ts';
import { type LivedQuarter, liveThrough, randomCompleteRun } from '../../helper/random-run.ts';

const STOPPING = { ...flatBar(0), low: 94 };

function running(...closed: FormingDecisionCandle['closed']): FormingDecisionCandle {
  return { openTime: START, closed, funding: [], atr14: 1 };
}

/** The quarter of an hour so far, at the moment that `closed` of its candles are closed. */
function soFar({ quarter }: LivedQuarter, closed: number): FormingDecisionCandle {
  const { candle, parts, funding, atr14 } = quarter;
  return { openTime: candle.openTime, closed: (parts ?? []).slice(0, closed), funding, atr14 };
}

describe('the running quarter of an hour', () => {
  const holding = account({}, { lots: [lot()] });

  it('is not executed as long as a poll may still decide', () => {
    expect(settle(holding, [], running(STOPPING), 'when decided')).toMatchObject({
      account: holding,
      lines: [],
      decisions: [],
    });
  });

  it('is executed once it is decided', () => {
    const { account: decided } = takeDecision(holding, moment(), policySignal({ direction: 'FLAT' }));
    const { closed } = settle(decided, [], running(STOPPING), 'when decided');
    expect(closed).toMatchObject([{ reason: 'STOP_LOSS' }]);
  });

  it('is executed where the account is to be shown as it stands', () => {
    const { closed, decisions } = settle(holding, [], running(STOPPING), 'always');
    expect(closed).toMatchObject([{ reason: 'STOP_LOSS' }]);
    expect(decisions).toMatchObject([{ reason: 'MISSED' }]);
  });
});

it('an account that is settled at any moments, polled late, killed and overlapped, ends with the same ledger', () => {
  const moments = fc.infiniteStream(fc.record({ poll: fc.nat(4), views: fc.nat(5), restart: fc.boolean() }));
  fc.assert(
    fc.property(randomCompleteRun, moments, ({ start, quarters }, stream) => {
      const straight = concatOutcomes(liveThrough(start, quarters) as [Outcome, ...Outcome[]]);
      const outcomes: Outcome[] = [];
      let current = start;
      const take = (outcome: Outcome) => {
        outcomes.push(outcome);
        current = outcome.account;
      };
      for (const [index, lived] of quarters.entries()) {
        const { poll: pollAt, views, restart } = stream.next().value;
        const past = quarters.slice(Math.max(0, index - 2), index).map(({ quarter }) => quarter);
        for (let closed = 0; closed <= 4; closed++) {
          if (restart) current = JSON.parse(JSON.stringify(current));
          take(settle(current, past, soFar(lived, closed), 'when decided'));
          if (closed === views) settle(current, past, soFar(lived, closed), 'always');
          const { poll } = lived;
          if (closed === pollAt && poll !== null && 'signal' in poll && current.status !== 'KILLED')
            take(takeDecision(current, momentOf(lived.quarter), poll.signal));
        }
        take(settle(current, [lived.quarter], null, 'when decided'));
      }
      const whole = concatOutcomes(outcomes as [Outcome, ...Outcome[]]);
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

it('the key of a manual lot does not tell of the epoch', () => {
  expect(manualLotKey('k')).toBe('manual-k');
});
