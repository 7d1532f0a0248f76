import { describe, expect, it } from 'vitest';
import { executeCandle } from '../../../src/trading/execute-candle.ts';
import { gateOf, type PollFacts } from '../../../src/trading/gates.ts';
import {
  type DecisionMoment,
  refuseDecision,
  type Signal,
  takeDecision,
} from '../../../src/trading/take-decision.ts';
import {
  account,
  event,
  flatBar,
  ledgerSum,
  lot,
  moment,
  policySignal,
  START,
  shortLot,
} from '../../helper/paper.ts';

const LONG = policySignal();
const SHORT = policySignal({ direction: 'SHORT' });

function external(direction: 'LONG' | 'SHORT' | 'FLAT', confidence = 75): Signal {
  return { source: 'external', direction, confidence };
}

function decide(start = account(), signal: Signal = LONG, at: Partial<DecisionMoment> = {}) {
  const outcome = takeDecision(start, moment(at), signal);
  expect(outcome.decisions).toHaveLength(1);
  return { ...outcome, row: outcome.decisions[0]! };
}

describe('a decision of the policy', () => {
  it('opens a lot at the open of the next candle, sized from the equity at the close', () => {
    const { account: after, row, lines, opened, sentences } = decide(account(), LONG, { fillPrice: 101 });
    const fill = 101 * (1 + 0.0002 + 0.1 / 101);
    expect(opened).toEqual(after.lots);
    expect(after.lots).toMatchObject([
      {
        id: `paper_test.1.${START}.policy`,
        side: 'long',
        margin: 500,
        notional: 2000,
        leverage: 4,
        entryPrice: fill,
        stopLoss: fill - 2,
        takeProfit: fill + 5,
        openedAt: START,
        steps: 0,
        holdClock: 'training',
        maxSteps: 192,
      },
    ]);
    expect(lines).toMatchObject([
      {
        id: `paper_test.1.${START}.entry_fee.${START}.policy`,
        sequence: 1,
        amount: -1.2,
        walletAfter: 9998.8,
      },
    ]);
    expect(row).toMatchObject({
      asOf: START,
      decided: true,
      source: 'policy',
      signal: 'LONG',
      action: 'OPEN_LONG',
      reason: null,
      lotId: after.lots[0]!.id,
    });
    expect(sentences[0]).toMatch(
      /^Opened a long lot of 2000\.00 USDT at 4x, filled at 101\.12, stop 99\.12, target 106\.12/,
    );
  });

  it('marks open lots at the close of the candle, not at the fill', () => {
    const { opened } = decide(account({}, { lots: [lot({ quantity: 100, notional: 10_000 })] }), LONG, {
      markPrice: 101,
      fillPrice: 100,
    });
    expect(opened[0]!.margin).toBeCloseTo((0.1 * 10_100 - 10) / 2, 10);
  });

  it('may be hit in the candle it was opened in', () => {
    const { account: after } = decide();
    const { closed } = executeCandle(after, event({ ...flatBar(0), low: 90 }));
    expect(closed).toMatchObject([{ reason: 'STOP_LOSS', openedAt: START }]);
  });

  it('flips: closes all lots with slippage and fee, then sizes from what is left', () => {
    const lots = [lot(), lot({ id: 'b', key: 'b' })];
    const { account: after, row, closed, lines } = decide(account({}, { lots }), SHORT);
    expect(closed.map(({ reason }) => reason)).toEqual(['FLIP', 'FLIP']);
    const walletAfterClosing = lines[3]!.walletAfter;
    expect(after.lots).toMatchObject([
      { side: 'short', margin: expect.closeTo(0.05 * walletAfterClosing, 10) },
    ]);
    expect(row).toMatchObject({ action: 'FLIP', reason: null, lotId: after.lots[0]!.id });
    expect(row.sentences).toHaveLength(3);
    expect(ledgerSum(10_000, lines)).toBeCloseTo(after.wallet, 8);
  });

  it('closes where the other side may not open', () => {
    const { account: after, row } = decide(
      account({}, { lots: [lot()] }),
      policySignal({ direction: 'SHORT', sizePct: 0 }),
    );
    expect(after.lots).toEqual([]);
    expect(row).toMatchObject({ action: 'CLOSE', reason: 'MIN_SIZE', lotId: null });
  });

  it.each([
    ['FLAT', account(), policySignal({ direction: 'FLAT' })],
    ['OPPOSITE', account({ opposite: 'hold' }, { lots: [lot()] }), SHORT],
    ['OPPOSITE', account({ opposite: 'hold' }, { lots: [shortLot()] }), LONG],
    ['MAX_POSITIONS', account({ maxPositions: 1 }, { lots: [lot({ margin: 1000 })] }), LONG],
    ['EXPOSURE', account({}, { lots: [lot({ margin: 1000 })] }), LONG],
    ['MIN_SIZE', account(), policySignal({ sizePct: 0.001 })],
    ['BALANCE', account({}, { wallet: 5, lots: [lot({ entryPrice: 1, quantity: 100 })] }), LONG],
  ])('holds with the reason %s', (reason, start, signal) => {
    const { account: after, row, lines } = decide(start, signal);
    expect(row).toMatchObject({ decided: true, action: 'HOLD', reason, order: null });
    expect(row.sentences).toHaveLength(1);
    expect([after.lots, lines]).toEqual([start.lots, []]);
  });
});

describe('an external signal', () => {
  it('opens 2 % of the equity at 7x, with its exits by return on margin, for 48 hours by the wall', () => {
    const { opened, row } = decide(account(), external('SHORT'));
    const fill = opened[0]!.entryPrice;
    expect(opened).toMatchObject([
      {
        id: `paper_test.1.${START}.external`,
        side: 'short',
        margin: 200,
        notional: 1400,
        leverage: 7,
        stopLoss: expect.closeTo(fill * (1 + 0.03 / 7), 8),
        takeProfit: expect.closeTo(fill * (1 - 0.05 / 7), 8),
        holdClock: 'wall',
        maxSteps: 192,
      },
    ]);
    expect(row).toMatchObject({ source: 'external', signal: 'SHORT', confidence: 75, sentiment: 'bearish' });
  });

  it('takes what is left of the exposure where that is less', () => {
    const { opened } = decide(account({}, { lots: [lot({ margin: 850 })] }), external('LONG'));
    expect(opened[0]!.margin).toBeCloseTo(150, 10);
  });

  it.each([
    [59.9, 'LONG', 'LOW_CONFIDENCE'],
    [Number.NaN, 'LONG', 'LOW_CONFIDENCE'],
    [10, 'FLAT', 'FLAT'],
    [60, 'LONG', null],
  ] as const)('of confidence %s and direction %s has the reason %s', (confidence, direction, reason) => {
    expect(decide(account(), external(direction, confidence)).row.reason).toBe(reason);
  });

  it('is tested for confidence before it closes anything', () => {
    const { row, closed } = decide(account({}, { lots: [lot()] }), external('SHORT', 50));
    expect([row.reason, closed]).toEqual(['LOW_CONFIDENCE', []]);
  });
});

describe('a candle is decided once', () => {
  it('and not again', () => {
    const { account: after } = decide();
    expect(() => takeDecision(after, moment(), LONG)).toThrow(/cannot decide on the candle .* any more/);
  });

  it('and not once its fill is over', () => {
    const { account: after } = executeCandle(account(), event(flatBar(0)));
    expect(() => takeDecision(after, moment(), LONG)).toThrow(/any more/);
  });

  it('but may be decided after a reason for none, which a decision then replaces', () => {
    const refused = refuseDecision(account(), START, 'WARMUP', 'Not warm.');
    expect(refused.decisions).toMatchObject([
      { asOf: START, decided: false, reason: 'WARMUP', action: 'HOLD' },
    ]);
    expect(decide(refused.account).row.action).toBe('OPEN_LONG');
  });

  it('and a reason for none does not replace a decision, nor does MISSED replace a reason', () => {
    expect(refuseDecision(decide().account, START, 'STALE', 'Old.').decisions).toEqual([]);
    const refused = refuseDecision(account(), START, 'STALE', 'Old.');
    expect(executeCandle(refused.account, event(flatBar(0))).decisions).toEqual([]);
  });
});

describe('the first reason why no decision can be taken', () => {
  const open: PollFacts = {
    asOf: START,
    model: { archived: false, warm: true },
    external: false,
    market: null,
  };
  const stale = { reason: 'STALE', detail: 'Old.' } as const;
  const bad = { ...open, model: { archived: true, warm: false }, market: stale };

  it.each([
    ['KILLED', account({}, { status: 'KILLED' }), bad],
    ['PAUSED', account({}, { status: 'PAUSED' }), bad],
    ['ARCHIVED', account(), bad],
    ['NO_MODEL', account(), { ...bad, model: null }],
    ['WARMUP', account(), { ...bad, model: { archived: false, warm: false } }],
    ['WARMUP', account(), { ...bad, external: true, model: { archived: false, warm: false } }],
    ['STALE', decide().account, { ...open, market: stale }],
    ['STALE', account(), { ...bad, external: true, model: null }],
    ['GAP', account(), { ...open, market: { ...stale, reason: 'GAP' } }],
    ['INVALID_FEATURES', account(), { ...open, market: { ...stale, reason: 'INVALID_FEATURES' } }],
    ['DECIDED', decide().account, open],
    ['DECIDED', executeCandle(decide().account, event(flatBar(0))).account, open],
    ['MISSED', executeCandle(account(), event(flatBar(0))).account, open],
  ] as const)('is %s', (reason, start, facts) => {
    expect(gateOf(start, facts)).toEqual({ reason, sentence: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  it('is none when all is well', () => {
    expect(gateOf(account(), open)).toBeNull();
    expect(gateOf(account(), { ...open, model: null, external: true })).toBeNull();
  });
});
