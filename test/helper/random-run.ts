import fc from 'fast-check';
import { type Candle, DECISION_TIMEFRAMES } from '../../src/candle.ts';
import { DEFAULT_PIPELINE } from '../../src/pipeline/default-pipeline.ts';
import { defaultIntrabarTimeframe } from '../../src/pipeline/timeframes.ts';
import type { PaperAccount } from '../../src/trading/account.ts';
import { type AccountPipeline, accountPipeline, intrabarCount } from '../../src/trading/account-pipeline.ts';
import type { DecisionCandle } from '../../src/trading/decision-candle.ts';
import type { GateReason } from '../../src/trading/decision-record.ts';
import { executeDecisionCandle } from '../../src/trading/execute-candle.ts';
import { recordedGate } from '../../src/trading/gates.ts';
import { concatOutcomes, type Outcome } from '../../src/trading/outcome.ts';
import type { AccountSettings } from '../../src/trading/settings.ts';
import type { Signal } from '../../src/trading/signal.ts';
import { recordGate } from '../../src/trading/take-decision.ts';
import {
  type PastPoll,
  type PastTradingResult,
  tradeCandle,
  tradePastCandles,
} from '../../src/trading/trade-past-candles.ts';
import { account, HOUR_MS, START } from './paper.ts';

/** The result of a poll: a signal, or a gate. */
type Poll =
  | { readonly signal: Signal }
  | { readonly refusal: { readonly reason: MarketReason; readonly sentence: string } };

type MarketReason = Extract<GateReason, 'STALE' | 'GAP' | 'INVALID_FEATURES'>;

/** A decision candle with the poll that comes while it forms. */
export interface PolledCandle {
  readonly decisionCandle: DecisionCandle;
  readonly poll: Poll | null;
}

/** An intrabar candle relative to the close before it, in percent: gap, body, upper and lower wick. */
const moves = fc.tuple(
  fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.double({ min: -3, max: 3, noNaN: true })),
  fc.double({ min: -1.5, max: 1.5, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

const direction = fc.constantFrom('LONG' as const, 'SHORT' as const, 'FLAT' as const);
const unit = fc.double({ min: 0, max: 1, noNaN: true });

const poll: fc.Arbitrary<Poll | null> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('STALE' as const, 'GAP' as const, 'INVALID_FEATURES' as const)
      .map((reason) => ({ refusal: { reason, sentence: 'Not now.' } })),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({
        direction,
        sizePct: unit,
        leverage: fc.integer({ min: 1, max: 10 }),
        stopAtrMultiple: unit.map((value) => 0.5 + 2.5 * value),
        targetAtrMultiple: unit.map((value) => 0.5 + 5.5 * value),
      })
      .map((intent) => ({
        signal: {
          source: 'policy' as const,
          action: { ...intent, confidence: 50, sentiment: 'neutral' as const },
          evidence: null,
        },
      })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ direction, confidence: fc.integer({ min: 40, max: 100 }) })
      .map((signal) => ({ signal: { source: 'external' as const, ...signal } })),
  },
);

const settings: fc.Arbitrary<Partial<AccountSettings>> = fc.record(
  {
    opposite: fc.constantFrom('flip' as const, 'hold' as const),
    stopGap: fc.constantFrom('open' as const, 'stop' as const),
    policyHoldClock: fc.constantFrom('training' as const, 'wall' as const),
    funding: fc.boolean(),
    maxPositions: fc.integer({ min: 1, max: 10 }),
    killLevel: fc.constantFrom(0, 0.2, 0.99),
    timeLimitHours: fc.integer({ min: 1, max: 6 }),
  },
  { requiredKeys: [] },
);

const candleShape = fc.record({
  /** Repeated where a decision candle has more intrabar candles. */
  intrabar: fc.tuple(moves, moves, moves, moves, moves),
  complete: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
  atrPct: fc.double({ min: 0.01, max: 1.5, noNaN: true }),
  fundingRate: fc.double({ min: -0.003, max: 0.003, noNaN: true }),
  poll,
});

function candleAfter(close: number, openTime: number, [gap, body, up, down]: readonly number[]): Candle {
  const percent = (value: number) => 1 + value / 100;
  const open = close * percent(gap!);
  const end = open * percent(body!);
  return {
    openTime,
    open,
    high: Math.max(open, end) * percent(up!),
    low: Math.min(open, end) * percent(-down!),
    close: end,
    volume: 1,
  };
}

/** Half of the runs have the default pipeline, the others any timeframe with its own intrabar candles. */
const pipeline: fc.Arbitrary<AccountPipeline> = fc.oneof(
  fc.constant(accountPipeline(DEFAULT_PIPELINE)),
  fc
    .constantFrom(...DECISION_TIMEFRAMES)
    .map((decisionTimeframe) => ({ decisionTimeframe, maxHoldSteps: 24 }))
    .map((declared) =>
      accountPipeline({
        ...DEFAULT_PIPELINE,
        ...declared,
        intrabarTimeframe: defaultIntrabarTimeframe(declared.decisionTimeframe),
      }),
    ),
);

/** An account with random settings and pipeline, and a random market with random polls. */
export const randomRun: fc.Arbitrary<{ start: PaperAccount; candles: PolledCandle[] }> = fc
  .record({ settings, pipeline, shapes: fc.array(candleShape, { minLength: 1, maxLength: 60, size: 'max' }) })
  .map(({ settings: changes, pipeline: declared, shapes }) => {
    const { decisionMs, intrabarMs } = declared;
    // The first candle must open at a multiple of its length.
    const first = Math.ceil(START / decisionMs) * decisionMs;
    let close = 100;
    const candles = shapes.map((shape, number): PolledCandle => {
      const openTime = first + number * decisionMs;
      const markPrice = close;
      const intrabar = Array.from({ length: intrabarCount(declared) }, (_, index) => {
        const shapeMoves = shape.intrabar[index % shape.intrabar.length]!;
        const candle = candleAfter(close, openTime + index * intrabarMs, shapeMoves);
        close = candle.close;
        return candle;
      });
      const candle: Candle = {
        openTime,
        open: intrabar[0]!.open,
        high: Math.max(...intrabar.map(({ high }) => high)),
        low: Math.min(...intrabar.map(({ low }) => low)),
        close,
        volume: 5,
      };
      const funding = openTime % HOUR_MS === 0 ? [{ time: openTime + 7, rate: shape.fundingRate }] : [];
      const decisionCandle: DecisionCandle = {
        candle,
        intrabar: shape.complete ? intrabar : null,
        funding,
        markPrice,
        atr14: (markPrice * shape.atrPct) / 100,
      };
      return { decisionCandle, poll: shape.poll };
    });
    return { start: { ...account(changes), pipeline: declared, nextCandle: first }, candles };
  });

/** `randomRun` without missing candles. */
export const randomCompleteRun: typeof randomRun = randomRun.map(({ start, candles }) => ({
  start,
  candles: candles.map(({ decisionCandle, poll: came }) => ({
    decisionCandle: {
      ...decisionCandle,
      intrabar: decisionCandle.intrabar ?? wholeIntrabar(decisionCandle.candle, start.pipeline),
    },
    poll: came,
  })),
}));

/** The first intrabar candle is the whole decision candle, the others are flat. */
function wholeIntrabar(candle: Candle, declared: AccountPipeline): Candle[] {
  const { openTime, close } = candle;
  return Array.from({ length: intrabarCount(declared) }, (_, index) => ({
    ...(index === 0 ? candle : { open: close, high: close, low: close, close, volume: 0 }),
    openTime: openTime + index * declared.intrabarMs,
  }));
}

/** Trades candle by candle as a live account does; a killed account takes no decisions, because of its gate. */
export function tradeLive(start: PaperAccount, candles: readonly PolledCandle[]): Outcome[] {
  let current = start;
  return candles.map(({ decisionCandle, poll: came }) => {
    const outcome = tradeLiveCandle(current, decisionCandle, current.status === 'KILLED' ? null : came);
    current = outcome.account;
    return outcome;
  });
}

function tradeLiveCandle(account: PaperAccount, decisionCandle: DecisionCandle, came: Poll | null): Outcome {
  if (came === null || 'signal' in came) return tradeCandle(account, decisionCandle, came?.signal ?? null);
  const { reason, sentence } = came.refusal;
  const gated = recordGate(account, decisionCandle.candle.openTime, recordedGate(reason, sentence));
  return concatOutcomes(account, [gated, executeDecisionCandle(gated.account, decisionCandle)]);
}

/** Trades the candles as a replay does. */
export function tradeReplay(
  start: PaperAccount,
  candles: readonly PolledCandle[],
): Promise<PastTradingResult> {
  const polls = new Map(
    candles.map(({ decisionCandle, poll: came }) => [decisionCandle.candle.openTime, came]),
  );
  return tradePastCandles(
    start,
    candles.map(({ decisionCandle }) => decisionCandle),
    { pollAt: (asOf) => pastPoll(polls.get(asOf) ?? null) },
  );
}

function pastPoll(came: Poll | null): PastPoll | null {
  if (came === null) return null;
  if ('signal' in came) return { windowGate: null, signal: () => came.signal };
  const { reason, sentence } = came.refusal;
  return {
    windowGate: recordedGate(reason, sentence),
    signal: () => {
      throw new Error('A gated poll asks no package.');
    },
  };
}
