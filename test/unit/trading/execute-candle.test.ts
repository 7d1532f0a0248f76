import { describe, expect, it } from 'vitest';
import type { PaperAccount } from '../../../src/trading/account.ts';
import {
  executeIntrabarCandle,
  executeWithoutIntrabar,
  skipCandles,
} from '../../../src/trading/execute-candle.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import {
  account,
  candle3m,
  closedCandle,
  flatCandle,
  HOUR_MS,
  lot,
  START,
  shortLot,
} from '../../helper/paper.ts';

/** Executes `count` candles at 100 from the account's next one. */
function live(start: PaperAccount, count: number, holding = start): PaperAccount {
  let current = holding;
  for (let index = 0; index < count; index++)
    current = executeIntrabarCandle(current, closedCandle(flatCandle(index))).account;
  return current;
}

const nearExpiry = (steps: number) => account({}, { lots: [lot({ steps })] });

describe('the age of a lot', () => {
  it('runs ahead by the training clock: 1, 2, 4, 6, 8, 9 after as many candles', () => {
    const ages = [1, 2, 3, 4, 5, 6].map(
      (decisionCandles) =>
        live(account({}, { lots: [lot({ steps: 0 })] }), decisionCandles * 5).lots[0]!.steps,
    );
    expect(ages).toEqual([1, 2, 4, 6, 8, 9]);
  });

  it('reaches 192 after 141 candles by the training clock', () => {
    const fresh = account({}, { lots: [lot({ steps: 0 })] });
    expect(live(fresh, 140 * 5).lots).toHaveLength(1);
    expect(live(fresh, 141 * 5).lots).toHaveLength(0);
  });

  it('is 48 hours by true time', () => {
    const fresh = account({}, { lots: [lot({ steps: 0, holdClock: 'wall', openedAt: START })] });
    const nearly = live(fresh, 191 * 5);
    expect(nearly.lots[0]!.steps).toBe(191);
    expect(executeIntrabarCandle(nearly, closedCandle(flatCandle(191 * 5))).account.lots[0]!.steps).toBe(
      191.2,
    );
    expect(live(fresh, 192 * 5).lots).toHaveLength(0);
  });
});

describe('the end of a 15-minute candle', () => {
  it('closes an old lot at the close, with slippage and fee', () => {
    const before = live(nearExpiry(191), 4);
    const {
      closed,
      lines,
      account: after,
    } = executeIntrabarCandle(before, closedCandle(candle3m(4, 100, 102, 99, 101)));
    const exitPrice = 101 * (1 - 0.0002 - 0.1 / 101);
    expect(closed[0]).toMatchObject({ reason: 'TIME_LIMIT', closedAt: START + DECISION_CANDLE_MS });
    expect(closed[0]!.exitPrice).toBeCloseTo(exitPrice, 10);
    expect(lines.map(({ kind }) => kind)).toEqual(['realised_pnl', 'exit_fee']);
    expect(lines[1]!.amount).toBeCloseTo(-exitPrice * 0.0006, 8);
    expect(after.wallet).toBeCloseTo(10_000 + (exitPrice - 100) - exitPrice * 0.0006, 7);
  });

  it('closes no lot before it, however old', () => {
    expect(live(nearExpiry(195), 4).lots).toHaveLength(1);
  });

  it('records a point of the equity curve', () => {
    const outcome = executeIntrabarCandle(
      live(nearExpiry(1), 4),
      closedCandle(candle3m(4, 100, 102, 99, 101)),
    );
    expect(outcome.equity).toEqual([
      { time: START + DECISION_CANDLE_MS, wallet: 10_000, equity: 10_001, openLots: 1, openSide: 'long' },
    ]);
  });
});

describe('a liquidation', () => {
  it('takes the margin and no fee, no matter what the candle does afterwards', () => {
    const {
      lines,
      closed,
      account: after,
    } = executeIntrabarCandle(
      account({}, { lots: [lot({ stopLoss: 90.6 })] }),
      closedCandle(candle3m(0, 100, 120, 90, 119)),
    );
    expect(lines.map(({ kind, amount }) => [kind, amount])).toEqual([['liquidation', -10]]);
    expect(closed[0]).toMatchObject({ reason: 'LIQUIDATION', grossPnl: -10, exitFee: 0, netPnl: -10.06 });
    expect(after.wallet).toBe(9990);
    expect(after.lots).toEqual([]);
  });
});

describe('funding', () => {
  const at = START + HOUR_MS - (START % HOUR_MS);
  const nextCandle = at;
  const opens = (at - START) / 180_000;

  it.each([
    ['a long pays', lot(), 0.0001, -0.01],
    ['a short receives', shortLot(), 0.0001, 0.01],
    ['a long receives', lot(), -0.0001, 0.01],
    ['a short pays', shortLot(), -0.0001, -0.01],
  ])('%s, on the notional at entry', (_, one, rate, amount) => {
    const start = account({}, { lots: [one], nextCandle });
    const late = at + 12;
    const { lines, account: after } = executeIntrabarCandle(
      start,
      closedCandle(flatCandle(opens, 101), { funding: [{ time: late, rate }] }),
    );
    expect(lines).toMatchObject([{ kind: 'funding', amount, time: at, lotId: one.id }]);
    expect(after.wallet).toBe(10_000 + amount);
    expect(after.lots[0]!.funding).toBe(amount);
  });

  it('is not paid by a lot that opened at the settlement, nor with funding turned off', () => {
    const funding = [{ time: at, rate: 0.01 }];
    const fresh = account({}, { lots: [lot({ openedAt: at })], nextCandle });
    expect(executeIntrabarCandle(fresh, closedCandle(flatCandle(opens), { funding })).lines).toEqual([]);
    const without = account({ funding: false }, { lots: [lot()], nextCandle });
    expect(executeIntrabarCandle(without, closedCandle(flatCandle(opens), { funding })).lines).toEqual([]);
  });

  it('is paid before the candle closes the lot, and with its own candle only', () => {
    const funding = [{ time: at, rate: 0.01 }];
    const start = account({}, { lots: [lot()], nextCandle });
    const { lines } = executeIntrabarCandle(
      start,
      closedCandle(candle3m(opens, 100, 100, 94, 95), { funding }),
    );
    expect(lines.map(({ kind }) => kind)).toEqual(['funding', 'realised_pnl', 'exit_fee']);
    const before = account({}, { lots: [lot()], nextCandle: at - 180_000 });
    expect(executeIntrabarCandle(before, closedCandle(flatCandle(opens - 1), { funding })).lines).toEqual([]);
  });
});

describe('the kill switch', () => {
  const poor = (wallet: number) => account({}, { lots: [lot({ stopLoss: 1, margin: 90 })], wallet });

  it('closes everything when the equity is below 20 % of the initial balance, and stops the account', () => {
    const {
      account: after,
      closed,
      sentences,
    } = executeIntrabarCandle(poor(2010), closedCandle(candle3m(0, 100, 100, 80, 89)));
    expect(after.status).toBe('KILLED');
    expect(closed).toMatchObject([
      { reason: 'KILLED', exitPrice: expect.closeTo(89 * (1 - 0.0002 - 0.1 / 89)) },
    ]);
    expect(sentences.join(' ')).toMatch(/1999\.00 USDT is below 20 % of the initial 10000\.00 USDT/);
  });

  it('depends on the close of the candle, not on its low', () => {
    expect(
      executeIntrabarCandle(poor(2010), closedCandle(candle3m(0, 100, 100, 80, 90))).account.status,
    ).toBe('ACTIVE');
  });
});

describe('candles are executed once and in order', () => {
  it('ignores a candle that was executed before', () => {
    const { account: after } = executeIntrabarCandle(
      account({}, { lots: [lot()] }),
      closedCandle(flatCandle(0)),
    );
    const again = executeIntrabarCandle(after, closedCandle(candle3m(0, 100, 120, 1, 100)));
    expect(again).toMatchObject({ account: after, lines: [], closed: [], decisions: [] });
  });

  it('refuses a candle when earlier ones were left out', () => {
    expect(() => executeIntrabarCandle(account(), closedCandle(flatCandle(1)))).toThrow(
      'paper_test has to execute the candle of 2025-11-10T01:15:00.000Z before that of 2025-11-10T01:18:00.000Z.',
    );
  });

  it('records MISSED for a candle without a poll, once', () => {
    const first = executeIntrabarCandle(account(), closedCandle(flatCandle(0)));
    expect(first.decisions).toMatchObject([
      { asOf: START, reason: 'MISSED', decided: false, action: 'HOLD' },
    ]);
    expect(executeIntrabarCandle(first.account, closedCandle(flatCandle(1))).decisions).toEqual([]);
  });
});

describe('a 15-minute candle without all of its 3-minute candles', () => {
  const whole = { ...candle3m(0, 100, 111, 94, 105), openTime: START };

  it('is executed as one candle: one step, stop before target', () => {
    const { account: after } = executeWithoutIntrabar(
      account({}, { lots: [lot({ stopLoss: 90.6, takeProfit: 130, steps: 2 })] }),
      closedCandle(whole),
    );
    expect(after.lots[0]!.steps).toBe(3);
    expect(after.nextCandle).toBe(START + DECISION_CANDLE_MS);
    const { closed } = executeWithoutIntrabar(account({}, { lots: [lot()] }), closedCandle(whole));
    expect(closed).toMatchObject([{ reason: 'STOP_LOSS', exitPrice: 95 }]);
  });

  it('continues after the last of its 3-minute candles', () => {
    const begun = live(account({}, { lots: [lot({ stopLoss: 90.6, takeProfit: 130 })] }), 2);
    expect(begun.lots[0]!.steps).toBeCloseTo(1.4);
    const { account: after, equity } = executeWithoutIntrabar(begun, closedCandle(whole));
    expect(after.lots[0]!.steps).toBe(2);
    expect(equity).toHaveLength(1);
    expect(executeWithoutIntrabar(after, closedCandle(whole))).toMatchObject({ account: after, equity: [] });
  });
});

describe('an account without lots', () => {
  it('advances without candles, with a row and an equity point for each decision candle', () => {
    const { account: after, decisions, equity } = skipCandles(account(), START + 3 * DECISION_CANDLE_MS + 5);
    expect(after.nextCandle).toBe(START + 3 * DECISION_CANDLE_MS);
    expect(decisions.map(({ asOf, reason }) => [(asOf - START) / DECISION_CANDLE_MS, reason])).toEqual([
      [0, 'MISSED'],
      [1, 'MISSED'],
      [2, 'MISSED'],
    ]);
    expect(equity.map(({ equity }) => equity)).toEqual([10_000, 10_000, 10_000]);
  });

  it('ends in the same state as executing candles', () => {
    const executed = live(account(), 15);
    expect(skipCandles(account(), START + 3 * DECISION_CANDLE_MS).account).toEqual(executed);
    expect(skipCandles(live(account(), 2), START + 3 * DECISION_CANDLE_MS).account).toEqual(executed);
  });

  it('must have no lots: lots need their candles', () => {
    expect(() => skipCandles(account({}, { lots: [lot()] }), START + DECISION_CANDLE_MS)).toThrow(RangeError);
  });
});
