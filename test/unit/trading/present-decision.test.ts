import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../../src/trading/decision-record.ts';
import { undecidedRecord } from '../../../src/trading/decision-record.ts';
import { type PresentFacts, presentDecision } from '../../../src/trading/present-decision.ts';
import type { ProposedLot } from '../../../src/trading/propose-order.ts';
import { account, lot } from '../../helper/paper.ts';

const MINUTE = 60_000;
const AS_OF = Date.parse('2026-11-26T16:45:00Z');
const READY = { status: 'READY', warmUpStatus: 'DONE', warmUpError: undefined } as const;
const ORDER: ProposedLot = {
  ...{ side: 'long', margin: 459, notional: 2295.4, leverage: 5, quantity: 1, fill: 2295, fee: 1 },
  ...{ stopLoss: 2200, takeProfit: 2400 },
};

function row(value: number | null, changes: Partial<DecisionRecord> = {}): DecisionRecord {
  const evidence =
    value === null
      ? null
      : { inputsHash: null, quantiles: [], rawAction: [value, 0, 0, 0, 0], accountVector: [], timingsMs: {} };
  return {
    ...undecidedRecord({ id: 'paper_test', epoch: 1 }, AS_OF, 'STALE', ''),
    ...{
      decided: true,
      source: 'policy',
      signal: 'LONG',
      confidence: 72,
      reason: null,
      evidence,
      sentences: [],
    },
    ...changes,
  };
}

function say(changes: Partial<PresentFacts>) {
  return presentDecision({
    ...{ account: account(), statusAt: null, model: READY, row: null, signal: null, newestClose: AS_OF },
    hasTradedBeyond: false,
    ...{ asOf: AS_OF, now: AS_OF + 2 * MINUTE, staleAfterMs: 30 * MINUTE },
    ...changes,
  });
}

const withLots = (count: number) => account({}, { lots: Array.from({ length: count }, () => lot()) });
const missed = (asOf: number) =>
  undecidedRecord({ id: 'paper_test', epoch: 1 }, asOf, 'MISSED', 'No poll came.');

describe('the present decision', () => {
  it.each<[string, string, Partial<PresentFacts>]>([
    [
      'FLAT',
      'Flat: direction 0.26, a long needs 0.33.',
      { row: row(0.26, { signal: 'FLAT', reason: 'FLAT' }) },
    ],
    [
      'FLAT',
      'Flat: direction \u22120.10, a short needs \u22120.33.',
      { row: row(-0.1, { signal: 'FLAT', reason: 'FLAT' }) },
    ],
    [
      'FLAT',
      'Flat: direction 0.328, a long needs 0.33.',
      { row: row(0.3284, { signal: 'FLAT', reason: 'FLAT' }) },
    ],
    [
      'OPENED',
      'Long: direction 0.52. Opened a lot of 2,295 USDT at 5x.',
      { row: row(0.52, { action: 'OPEN_LONG', order: ORDER }) },
    ],
    [
      'OPENED',
      'Short: direction \u22120.70. Closed the other side and opened a lot of 2,295 USDT at 5x.',
      { row: row(-0.7, { signal: 'SHORT', action: 'FLIP', order: { ...ORDER, side: 'short' } }) },
    ],
    [
      'MAX_POSITIONS',
      'Long: direction 0.41, but 10 of 10 lots are open.',
      { row: row(0.41, { reason: 'MAX_POSITIONS' }), account: withLots(10) },
    ],
    [
      'EXPOSURE',
      'Long: direction 0.41, but margins may take 10 % of the equity, and too little of that is left.',
      { row: row(0.41, { reason: 'EXPOSURE' }) },
    ],
    [
      'BALANCE',
      'Long: direction 0.41, but margin and fee are more than the free balance.',
      { row: row(0.41, { reason: 'BALANCE' }) },
    ],
    [
      'MIN_SIZE',
      'Short: direction \u22120.41, but the margin would not be more than 1 USDT. The other side was closed.',
      { row: row(-0.41, { signal: 'SHORT', action: 'CLOSE', reason: 'MIN_SIZE' }) },
    ],
    [
      'LOW_CONFIDENCE',
      'Long: a signal of confidence 40, but a lot needs a confidence of 60.',
      { row: row(null, { source: 'external', confidence: 40, reason: 'LOW_CONFIDENCE' }) },
    ],
    [
      'WARMUP',
      'Waiting: the warm-up of the package is not done.',
      { model: { ...READY, warmUpStatus: 'RUNNING' } },
    ],
    [
      'WARMUP',
      'Waiting: the warm-up failed. No candles.',
      { model: { ...READY, warmUpStatus: 'ERROR', warmUpError: 'No candles.' } },
    ],
    [
      'STALE',
      'Not deciding: the newest candle is 34 minutes old.',
      { newestClose: AS_OF - 30 * MINUTE, now: AS_OF + 4 * MINUTE + 30_000 },
    ],
    [
      'GAP',
      'Not deciding: 9 of the newest 96 candles are filled.',
      {
        row: undecidedRecord(
          { id: 'paper_test', epoch: 1 },
          AS_OF,
          'GAP',
          '9 of the newest 96 candles are filled.',
        ),
      },
    ],
    [
      'PAUSED',
      'Paused since 14:02. Exits still work.',
      { account: account({}, { status: 'PAUSED' }), statusAt: Date.parse('2026-11-26T14:02:10Z') },
    ],
    [
      'PAUSED',
      'Paused since 25 Nov 14:02. Exits still work.',
      { account: account({}, { status: 'PAUSED' }), statusAt: Date.parse('2026-11-25T14:02:10Z') },
    ],
    ['PAUSED', 'Paused. Exits still work.', { account: account({}, { status: 'PAUSED' }) }],
    [
      'ARCHIVED',
      'Archived: nothing is decided. Exits still work.',
      { model: { ...READY, status: 'ARCHIVED' } },
    ],
    [
      'MISSED',
      'Missed: no poll came while the candle of 16:30 could be traded.',
      { row: missed(AS_OF - 15 * MINUTE), signal: { direction: 'FLAT', value: 0.1, confidence: 60 } },
    ],
    [
      'KILLED',
      'Killed: equity fell below 20 % of the start.',
      { account: account({}, { status: 'KILLED' }) },
    ],
    [
      'UNDECIDED',
      'Long: direction 0.52, but nothing is decided on the candle of 16:45 yet.',
      { signal: { direction: 'LONG', value: 0.52, confidence: 80 } },
    ],
    ['UNDECIDED', 'Waiting: nothing is decided on the candle of 16:45 yet.', {}],
  ])('%s: %s', (code, sentence, facts) => {
    expect(say(facts)).toMatchObject({ code, sentence });
  });

  it('has the numbers that decide', () => {
    expect(say({ row: row(-0.26, { signal: 'FLAT', reason: 'FLAT', confidence: 55 }) })).toMatchObject({
      ...{ direction: -0.26, threshold: -0.33, agreement: 55, asOf: AS_OF },
    });
    expect(say({ signal: { direction: 'FLAT', value: 0.1, confidence: 61 } })).toMatchObject({
      ...{ direction: 0.1, threshold: 0.33, agreement: 61 },
    });
    expect(say({})).toMatchObject({ direction: null, agreement: null });
  });

  it('is not what was decided before a reset', () => {
    const old = row(-0.7, { epoch: 0, signal: 'SHORT', action: 'OPEN_SHORT', order: ORDER });
    expect(say({ row: old }).code).toBe('UNDECIDED');
  });
});
