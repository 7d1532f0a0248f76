import fc from 'fast-check';
import type { Candle } from '../../src/candle.ts';
import type { PaperAccount } from '../../src/trading/account.ts';
import { DECISION_CANDLE_MS, INTRABAR_CANDLE_MS } from '../../src/trading/candle-times.ts';
import type { DecisionCandle } from '../../src/trading/decision-candle.ts';
import type { GateReason } from '../../src/trading/decision-record.ts';
import { decideAndExecute, executeDecisionCandle } from '../../src/trading/execute-decision-candle.ts';
import { concatOutcomes, type Outcome } from '../../src/trading/outcome.ts';
import type { AccountSettings } from '../../src/trading/settings.ts';
import { refuseDecision, type Signal } from '../../src/trading/take-decision.ts';
import {
  collectReplay,
  type DecisionProvider,
  replay,
  type TradingResult,
} from '../../src/trading/trade-candles.ts';
import { account, HOUR_MS, START } from './paper.ts';

/** What a poll comes to: a signal, or a reason why there is none. */
type Poll =
  | { readonly signal: Signal }
  | { readonly refusal: { readonly reason: MarketReason; readonly sentence: string } };

type MarketReason = Extract<GateReason, 'STALE' | 'GAP' | 'INVALID_FEATURES'>;

/** A quarter of an hour with the poll that comes in it. */
export interface LivedQuarter {
  readonly quarter: DecisionCandle;
  readonly poll: Poll | null;
}

/** Moves of a bar from the close before it, in percent: gap, body, and what the wicks add above and below. */
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

const quarterShape = fc.record({
  bars: fc.tuple(moves, moves, moves, moves, moves),
  complete: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
  atrPct: fc.double({ min: 0.01, max: 1.5, noNaN: true }),
  fundingRate: fc.double({ min: -0.003, max: 0.003, noNaN: true }),
  poll,
});

function barAfter(close: number, openTime: number, [gap, body, up, down]: readonly number[]): Candle {
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

/** An account with random settings and a random market with random polls. */
export const randomRun: fc.Arbitrary<{ start: PaperAccount; quarters: LivedQuarter[] }> = fc
  .record({ settings, shapes: fc.array(quarterShape, { minLength: 1, maxLength: 60, size: 'max' }) })
  .map(({ settings: changes, shapes }) => {
    let close = 100;
    const quarters = shapes.map((shape, index): LivedQuarter => {
      const openTime = START + index * DECISION_CANDLE_MS;
      const markPrice = close;
      const parts = shape.bars.map((bar, part) => {
        const candle = barAfter(close, openTime + part * INTRABAR_CANDLE_MS, bar);
        close = candle.close;
        return candle;
      });
      const candle: Candle = {
        openTime,
        open: parts[0]!.open,
        high: Math.max(...parts.map(({ high }) => high)),
        low: Math.min(...parts.map(({ low }) => low)),
        close,
        volume: 5,
      };
      const funding = openTime % HOUR_MS === 0 ? [{ time: openTime + 7, rate: shape.fundingRate }] : [];
      const quarter: DecisionCandle = {
        candle,
        parts: shape.complete ? parts : null,
        funding,
        markPrice,
        atr14: (markPrice * shape.atrPct) / 100,
      };
      return { quarter, poll: shape.poll };
    });
    return { start: account(changes), quarters };
  });

/** The same without missing candles. */
export const randomCompleteRun: typeof randomRun = randomRun.map(({ start, quarters }) => ({
  start,
  quarters: quarters.map(({ quarter, poll: came }) => ({
    quarter: { ...quarter, parts: quarter.parts ?? wholeParts(quarter.candle) },
    poll: came,
  })),
}));

/** Five candles of which the first is the whole quarter and the others stand still. */
function wholeParts(candle: Candle): Candle[] {
  const { openTime, close } = candle;
  return Array.from({ length: 5 }, (_, part) => ({
    ...(part === 0 ? candle : { open: close, high: close, low: close, close, volume: 0 }),
    openTime: openTime + part * INTRABAR_CANDLE_MS,
  }));
}

/** Lives quarters one after the other; a killed account takes no decisions, as its gate would say. */
export function liveThrough(start: PaperAccount, quarters: readonly LivedQuarter[]): Outcome[] {
  let current = start;
  return quarters.map(({ quarter, poll: came }) => {
    const outcome = liveQuarter(current, quarter, current.status === 'KILLED' ? null : came);
    current = outcome.account;
    return outcome;
  });
}

function liveQuarter(account: PaperAccount, quarter: DecisionCandle, came: Poll | null): Outcome {
  if (came === null || 'signal' in came) return decideAndExecute(account, quarter, came?.signal ?? null);
  const { reason, sentence } = came.refusal;
  const refused = refuseDecision(account, quarter.candle.openTime, reason, sentence);
  return concatOutcomes([refused, executeDecisionCandle(refused.account, quarter)]);
}

/** The same by the replay engine. */
export function replayThrough(
  start: PaperAccount,
  quarters: readonly LivedQuarter[],
): Promise<TradingResult> {
  const polls = new Map(quarters.map(({ quarter, poll: came }) => [quarter.candle.openTime, came]));
  const provider: DecisionProvider = {
    facts(asOf) {
      const came = polls.get(asOf) ?? null;
      if (came === null) return null;
      const market = 'refusal' in came ? { ...came.refusal, detail: came.refusal.sentence } : null;
      return { model: { archived: false, warm: true }, external: false, market };
    },
    signal(_, { asOf }) {
      return (polls.get(asOf) as { readonly signal: Signal }).signal;
    },
  };
  const played = replay(
    start,
    quarters.map(({ quarter }) => quarter),
    provider,
  );
  return collectReplay(start, played);
}
