import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAction } from '../../../src/pipeline/decode-action.ts';
import {
  noStopsSentence,
  randomEntriesSentence,
  signOfMedianSentence,
} from '../../../src/statistics/counterfactual-sentences.ts';
import {
  createRandomEntries,
  originalEntries,
  RANDOM_ACCOUNTS,
  randomEntrySeed,
  randomEntrySignal,
} from '../../../src/statistics/random-entries.ts';
import { signOfMedianAction } from '../../../src/statistics/sign-of-median.ts';
import { concatOutcomes } from '../../../src/trading/outcome.ts';
import { account } from '../../helper/paper.ts';
import { randomRun, tradeLive } from '../../helper/random-run.ts';

const SEED = randomEntrySeed('BTCUSDT', Date.UTC(2026, 4, 1, 13), 7);

describe('random entries', () => {
  it('have a seed of symbol, date and number', () => {
    expect(SEED).toBe('random|BTCUSDT|2026-05-01|7');
  });

  it('are as often and as often long as those of the original', () => {
    const counts = { decided: 2000, entries: 300, longs: 200 };
    let [entries, longs] = [0, 0];
    for (let k = 0; k < RANDOM_ACCOUNTS; k++) {
      const draw = createRandomEntries(randomEntrySeed('BTCUSDT', 0, k), counts);
      for (let candle = 0; candle < 2000; candle++) {
        const entry = draw();
        entries += Number(entry !== null);
        longs += Number(entry?.side === 'LONG');
        expect(entry === null || (entry.original >= 0 && entry.original < 300)).toBe(true);
      }
    }
    expect(entries / 40_000).toBeCloseTo(0.15, 2);
    expect(longs / entries).toBeCloseTo(2 / 3, 1);
  });

  it('take three numbers a candle, whatever they are', () => {
    const never = createRandomEntries(SEED, { decided: 0, entries: 0, longs: 0 });
    expect(Array.from({ length: 50 }, never)).toEqual(Array.from({ length: 50 }, () => null));
    const one = createRandomEntries(SEED, { decided: 10, entries: 5, longs: 5 });
    const other = createRandomEntries(SEED, { decided: 10, entries: 5, longs: 0 });
    const sides = (draw: ReturnType<typeof createRandomEntries>) =>
      Array.from({ length: 100 }, draw).map((entry) => entry?.original ?? null);
    expect(sides(one)).toEqual(sides(other));
  });

  it('request what entries of the original did', () => {
    const evidence = (direction: number) => ({
      ...{ inputsHash: null, quantiles: [], accountVector: [], timingsMs: {} },
      rawAction: [direction, 0.5, -1, 0, 1],
    });
    const { intents, ...counts } = originalEntries([
      { decided: true, lotId: 'a', evidence: evidence(0.9) },
      { decided: true, lotId: null, evidence: evidence(0.9) },
      { decided: false, lotId: null, evidence: null },
      { decided: true, lotId: 'b', evidence: evidence(-0.9) },
    ]);
    expect(counts).toEqual({ decided: 3, entries: 2, longs: 1 });
    expect(randomEntrySignal({ side: 'LONG', original: 1 }, intents)).toMatchObject({
      source: 'policy',
      action: { direction: 'LONG', sizePct: 0.75, leverage: 1, stopAtrMultiple: 1.75, targetAtrMultiple: 6 },
    });
    expect(randomEntrySignal(null, intents)).toMatchObject({ action: { direction: 'FLAT' } });
  });
});

describe('the sign of the median', () => {
  const market = { close: 100, atr14: 1 };
  /** Two steps; the median of the last one is given. */
  const forecast = (median: number) => [0, 0, 0, -1, median, 1];

  it('is the direction beyond the costs of entering and leaving', () => {
    // 2 * 0.0006 + 2 * (0.0002 + 0.1 * 1/100)
    const costs = 0.0036;
    expect(signOfMedianAction(forecast(costs * 1.001), market)).toEqual([1, 0, 0, 0, 0]);
    expect(signOfMedianAction(forecast(-costs * 1.001), market)).toEqual([-1, 0, 0, 0, 0]);
    expect(signOfMedianAction(forecast(costs * 0.999), market)).toEqual([0, 0, 0, 0, 0]);
    expect(signOfMedianAction(forecast(-0), { close: 100, atr14: 0 })).toEqual([0, 0, 0, 0, 0]);
    const decoded = decodeAction({ mean: signOfMedianAction(forecast(-0.5), market), std: [0, 0, 0, 0, 0] });
    expect(decoded).toMatchObject({ direction: 'SHORT', sizePct: 0.5 });
  });
});

it('without stops lots close by time, signal, liquidation or kill only', () => {
  fc.assert(
    fc.property(randomRun, ({ start, candles }) => {
      const without = { ...start, settings: { ...start.settings, ignoresStops: true as const } };
      const { closed } = concatOutcomes(account(), tradeLive(without, candles));
      const reasons = closed.map(({ reason }) => reason);
      expect(reasons).not.toContain('STOP_LOSS');
      expect(reasons).not.toContain('TAKE_PROFIT');
    }),
    { numRuns: 20 },
  );
});

it('sentences say what was compared, and no more', () => {
  const ahead = 'ended ahead of 17 of 20 accounts that entered at random as often';
  const plain = { inSample: false, isRuined: false };
  const trained = { ...plain, inSample: true };
  const ruined = { ...plain, isRuined: true };
  expect(randomEntriesSentence({ ahead: 17, ...plain })).toBe(ahead);
  const result = (totalReturn: number, state = plain) => ({ totalReturn, ...state });
  const simplest = 'the same forecasts with the simplest policy: ';
  expect(signOfMedianSentence(result(-0.012))).toBe(`${simplest}-1.2 %`);
  const without = 'the same decisions without stops and targets: ';
  expect(noStopsSentence(result(0.0341))).toBe(`${without}+3.4 %`);
  expect(noStopsSentence(result(-0.0001))).toBe(`${without}0.0 %`);

  const noEvidence = '; no evidence, because the package was trained on candles of this range';
  expect(randomEntriesSentence({ ahead: 17, ...trained })).toBe(`${ahead}${noEvidence}`);
  expect(noStopsSentence(result(0.0341, trained))).toBe(`${without}+3.4 %${noEvidence}`);
  const lost = 'lost all of its equity';
  expect(randomEntriesSentence({ ahead: 17, ...ruined })).toBe(`${lost}, and ${ahead}`);
  expect(signOfMedianSentence(result(-1.02, ruined))).toBe(`${simplest}${lost}`);
  // What was trained on the range may be ruined, too.
  const both = { inSample: true, isRuined: true };
  expect(randomEntriesSentence({ ahead: 17, ...both })).toBe(`${lost}, and ${ahead}${noEvidence}`);
  expect(noStopsSentence(result(-1.02, both))).toBe(`${without}${lost}${noEvidence}`);
});
