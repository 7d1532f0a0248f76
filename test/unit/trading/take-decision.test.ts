// promise: paper.md "KILLED"
// promise: paper.md "PAUSED"
// promise: paper.md "ARCHIVED"
// promise: paper.md "NO_MODEL"
// promise: paper.md "WARMUP"
// promise: paper.md "DECIDED"
// promise: paper.md "MISSED"
// promise: paper.md "STALE, GAP"
// promise: paper.md "INVALID_FEATURES"

import { describe, expect, it } from 'vitest';
import type { PaperAccount } from '../../../src/trading/account.ts';
import { executeIntrabarCandle } from '../../../src/trading/execute-candle.ts';
import { gateOf, type PackageState, type PollFacts, recordedGate } from '../../../src/trading/gates.ts';
import type { Signal } from '../../../src/trading/signal.ts';
import { type DecisionMarket, recordGate, takeDecision } from '../../../src/trading/take-decision.ts';
import { tradePastCandles } from '../../../src/trading/trade-past-candles.ts';
import {
  account,
  closedCandle,
  decisionMarket,
  flatCandle,
  ledgerSum,
  lot,
  policySignal,
  START,
  shortLot,
} from '../../helper/paper.ts';

const LONG = policySignal();
const SHORT = policySignal({ direction: 'SHORT' });

function external(direction: 'LONG' | 'SHORT' | 'FLAT', confidence = 75): Signal {
  return { source: 'external', direction, confidence };
}

function decide(start = account(), signal: Signal = LONG, at: Partial<DecisionMarket> = {}) {
  const outcome = takeDecision(start, decisionMarket(at), signal);
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
    const { closed } = executeIntrabarCandle(after, closedCandle({ ...flatCandle(0), low: 90 }));
    expect(closed).toMatchObject([{ reason: 'STOP_LOSS', openedAt: START }]);
  });

  it('flips: closes all lots with slippage and fee, then sizes the new lot from the rest', () => {
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
  it('opens 2 % of the equity at 7x, with its exits by return on margin, for 48 hours of true time', () => {
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

describe('a candle', () => {
  it('is decided once', () => {
    const { account: after } = decide();
    expect(() => takeDecision(after, decisionMarket(), LONG)).toThrow(
      /cannot decide on the candle .* any more/,
    );
  });

  it('is not decided after the time of its fill', () => {
    const { account: after } = executeIntrabarCandle(account(), closedCandle(flatCandle(0)));
    expect(() => takeDecision(after, decisionMarket(), LONG)).toThrow(/any more/);
  });

  it('may be decided after a gate, whose row the decision then replaces', () => {
    const refused = recordGate(account(), START, recordedGate('WARMUP', 'Not warm.'));
    expect(refused.decisions).toMatchObject([
      { asOf: START, decided: false, reason: 'WARMUP', action: 'HOLD' },
    ]);
    expect(decide(refused.account).row.action).toBe('OPEN_LONG');
  });

  it('stays decided after a gate, and MISSED does not replace a gate', () => {
    expect(recordGate(decide().account, START, recordedGate('STALE', 'Old.')).decisions).toEqual([]);
    const refused = recordGate(account(), START, recordedGate('STALE', 'Old.'));
    expect(executeIntrabarCandle(refused.account, closedCandle(flatCandle(0))).decisions).toEqual([]);
  });
});

describe('the first gate of a poll', () => {
  const READY: PackageState = { status: 'READY', warmUpStatus: 'DONE', warmUpError: undefined };
  const COLD: PackageState = { ...READY, warmUpStatus: 'PENDING' };
  const open: PollFacts = { asOf: START, model: READY, hasSignal: false };
  const bad: PollFacts = { ...open, model: { ...COLD, status: 'ARCHIVED' } };
  const decided = decide().account;
  const traded = executeIntrabarCandle(account(), closedCandle(flatCandle(0))).account;

  it.each([
    ['KILLED', account({}, { status: 'KILLED' }), bad],
    ['KILLED', { ...decided, status: 'KILLED' }, open],
    ['PAUSED', account({}, { status: 'PAUSED' }), bad],
    ['PAUSED', { ...traded, status: 'PAUSED' }, open],
    ['ARCHIVED', account(), bad],
    ['ARCHIVED', decided, bad],
    ['NO_MODEL', account(), { ...bad, model: null }],
    ['NO_MODEL', account(), { ...open, model: 'DELETED', hasSignal: true }],
    ['WARMUP', account(), { ...bad, model: COLD }],
    ['WARMUP', account(), { ...bad, model: { ...COLD, warmUpStatus: 'ERROR', warmUpError: 'Too large.' } }],
    ['WARMUP', traded, { ...bad, hasSignal: true, model: COLD }],
  ] as const)('is %s, which becomes the row', (reason, start, facts) => {
    expect(gateOf(start, facts)).toEqual({
      reason,
      sentence: expect.stringMatching(/^[A-Z].*\.$/),
      isRecorded: true,
    });
  });

  it.each([
    ['DECIDED', decided, open],
    ['DECIDED', executeIntrabarCandle(decided, closedCandle(flatCandle(0))).account, open],
    ['MISSED', traded, open],
    ['STALE', account({}, { status: 'KILLED' }), { ...bad, asOf: START + 1, marketFailure: 'Away.' }],
  ] as const)('is %s, and the row stays', (reason, start, facts) => {
    expect(gateOf(start, facts)).toEqual({
      reason,
      sentence: expect.stringMatching(/^[A-Z].*\.$|^paper_test has closed candles to execute .*: Away\.$/),
      isRecorded: false,
    });
  });

  it('does not exist when nothing is wrong', () => {
    expect(gateOf(account(), open)).toBeNull();
    expect(gateOf(account(), { ...open, model: null, hasSignal: true })).toBeNull();
  });

  it.each(['STALE', 'GAP', 'INVALID_FEATURES'] as const)(
    'is that of the account before %s of the market',
    async (reason) => {
      const candle = { ...flatCandle(0), openTime: START };
      const candles = [{ candle, intrabar: null, funding: [], markPrice: 100, atr14: 1 }];
      const rowOf = async (start: PaperAccount) => {
        const poll = { windowGate: recordedGate(reason, 'Old.'), signal: () => LONG };
        const { decisions } = await tradePastCandles(start, candles, { pollAt: () => poll });
        return decisions.map((row) => [row.reason, row.sentences]);
      };
      expect(await rowOf(account())).toEqual([[reason, ['Old.']]]);
      expect(await rowOf(account({}, { status: 'KILLED' }))).toEqual([['KILLED', [expect.any(String)]]]);
    },
  );
});
