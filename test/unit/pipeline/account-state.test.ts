import { describe, expect, it } from 'vitest';
import { type AccountLot, accountVector } from '../../../src/pipeline/account-state.ts';
import { readFixture } from '../../helper/golden.ts';
import { closeAt, lotsBefore, type TrainingRun } from '../../helper/training-run.ts';

const lot = (changes: Partial<AccountLot> = {}): AccountLot => ({
  side: 'long',
  entryPrice: 100,
  notional: 500,
  margin: 100,
  stepsInTrade: 7,
  ...changes,
});

describe('the account vector', () => {
  it('equals the observations of the training environment in all 600 steps', () => {
    const run = readFixture<TrainingRun>('golden/execution.json.gz');
    run.steps.forEach((step, k) => {
      const price = closeAt(run, k);
      const equity = k === 0 ? run.rules.start_equity : run.steps[k - 1]!.equity;
      const vector = accountVector({ equity, lots: lotsBefore(run, k) }, price, 192);
      vector.forEach((value, i) => {
        const expected = step.account_state[i]!;
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(expected)));
      });
    });
  });

  it.each([10_000, 0, -5])('without lots is a constant, also at an equity of %d', (equity) => {
    expect([...accountVector({ equity, lots: [] }, 100, 192)]).toEqual([0, 0, 0, 0, 0, 0, 192, 1, 0.1]);
  });

  it('counts and sums lots and takes the age of the oldest', () => {
    const lots = [lot(), lot({ notional: 100, margin: 50, entryPrice: 120, stepsInTrade: 30 })];
    const vector = accountVector({ equity: 10_000, lots }, 110, 192);
    // 5 at +10 and 100/120 at -10
    const pnl = 50 - 1000 / 120;
    expect([...vector]).toEqual([2, 1, 0.015, 0.06, expect.closeTo(pnl / 10_000, 15), 30, 162, 1, 0.085]);
  });

  it('has side 2 and the opposite profit for shorts', () => {
    const vector = accountVector({ equity: 1000, lots: [lot({ side: 'short' })] }, 110, 192);
    expect([vector[1], vector[4]]).toEqual([2, -0.05]);
  });

  it('divides by 1 when the equity is not positive; the exposure left may be negative', () => {
    const vector = accountVector({ equity: -20, lots: [lot()] }, 100, 192);
    expect([...vector]).toEqual([1, 1, 100, 500, 0, 7, 185, 1, -102]);
  });

  it('refuses lots on both sides', () => {
    const lots = [lot(), lot({ side: 'short' }), lot()];
    expect(() => accountVector({ equity: 1000, lots }, 100, 192)).toThrow('2 long and 1 short lots');
  });
});
