import { type Candle, type FundingRate, MINUTE_MS } from '../candle.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import { WINDOW_CANDLES } from '../market/store/window-validity.ts';
import {
  DECISION_CANDLE_MS,
  decisionCandleStart,
  INTRABAR_CANDLE_MS,
  INTRABAR_PER_DECISION,
} from '../trading/candle-times.ts';
import { type DecisionCandle, decisionCandlesOf } from '../trading/decision-candle.ts';
import type { FormingDecisionCandle } from '../trading/settle.ts';

/** The market from some moment on, as far as it can be executed. */
export interface Stretch {
  readonly past: readonly DecisionCandle[];
  /** The quarter after them, as far as its candles are closed; null where what leads up to it is not known. */
  readonly running: FormingDecisionCandle | null;
}

/** What is stored of the market, in order of time. */
export interface StretchSources {
  /** Open time of the first quarter, ms. */
  readonly from: number;
  /** Without holes, beginning up to 1500 candles before `from`. */
  readonly candles15m: readonly StoredCandle[];
  /** From `from` on. */
  readonly candles3m: readonly StoredCandle[];
  readonly funding: readonly FundingRate[];
  /** Up to when no settlement is missing, ms. */
  readonly fundingKnownTo: number;
  /** Whether the exchange will not bring a filled 3-minute candle any more. */
  readonly staysFilled: (candle: StoredCandle) => boolean;
}

const HOUR_MS = 60 * MINUTE_MS;

/** Close and ATR14 of a candle. */
export interface MarkedCandle {
  readonly markPrice: number;
  readonly atr14: number;
}

/**
 * Cuts what is stored into quarters. Nothing is executed before its funding is known, and a quarter only counts as
 * incomplete once it is certain to stay so.
 */
export function stretchOf(sources: StretchSources): Stretch {
  const past: DecisionCandle[] = [];
  let openTime = decisionCandleStart(sources.from);
  for (;;) {
    const quarter = quarterAt(sources, openTime);
    if (quarter === null) return { past, running: runningAt(sources, openTime) };
    past.push(quarter);
    openTime += DECISION_CANDLE_MS;
  }
}

/**
 * Close and ATR14 of the candle that closed at `time`, from exactly the 1500 candles that end with it: so they are the
 * same to the last bit whoever computes them. Null where that candle is not there.
 */
export function markedAt(candles15m: readonly Candle[], time: number): MarkedCandle | null {
  const before = leadTo(candles15m, time);
  const last = before.at(-1);
  if (last === undefined) return null;
  const next = { ...last, openTime: time };
  const quarters = decisionCandlesOf({
    candles15m: [...before, next],
    candles3m: [],
    funding: [],
    from: time,
  });
  const [quarter] = quarters;
  return quarter === undefined ? null : { markPrice: quarter.markPrice, atr14: quarter.atr14 };
}

function quarterAt(sources: StretchSources, openTime: number): DecisionCandle | null {
  const { candles15m, fundingKnownTo, staysFilled } = sources;
  const candle = candles15m[positionOf(candles15m, openTime)];
  const marked = candle === undefined ? null : markedAt(candles15m, openTime);
  if (candle === undefined || marked === null || fundingKnownTo < lastHourOf(openTime)) return null;
  const slots = partsOf(sources.candles3m, openTime);
  if (slots.length < INTRABAR_PER_DECISION) return null;
  if (slots.some((slot) => slot.filled && !staysFilled(slot))) return null;
  const parts = slots.some(({ filled }) => filled) ? null : slots;
  return { candle, parts, funding: fundingOf(sources.funding, openTime), ...marked };
}

function runningAt(sources: StretchSources, openTime: number): FormingDecisionCandle | null {
  const marked = markedAt(sources.candles15m, openTime);
  if (marked === null) return null;
  const slots = partsOf(sources.candles3m, openTime);
  const hole = slots.findIndex(({ filled }) => filled);
  const closed = hole === -1 ? slots : slots.slice(0, hole);
  return {
    openTime,
    closed: sources.fundingKnownTo < lastHourOf(openTime) ? [] : closed,
    funding: fundingOf(sources.funding, openTime),
    atr14: marked.atr14,
  };
}

function positionOf(candles: readonly Candle[], openTime: number): number {
  const first = candles[0]?.openTime ?? openTime + DECISION_CANDLE_MS;
  const position = (openTime - first) / DECISION_CANDLE_MS;
  return candles[position]?.openTime === openTime ? position : -1;
}

/** The 1500 candles that end with the one that closed at `time`, or those that there are. */
function leadTo(candles: readonly Candle[], time: number): readonly Candle[] {
  const end = positionOf(candles, time - DECISION_CANDLE_MS) + 1;
  return candles.slice(Math.max(0, end - WINDOW_CANDLES), end);
}

/** The unbroken run of 3-minute candles at the start of a quarter. */
function partsOf(candles: readonly StoredCandle[], openTime: number): readonly StoredCandle[] {
  const start = candles.findIndex((candle) => candle.openTime >= openTime);
  if (start === -1) return [];
  const slots = candles.slice(start, start + INTRABAR_PER_DECISION);
  const hole = slots.findIndex((slot, index) => slot.openTime !== openTime + index * INTRABAR_CANDLE_MS);
  return hole === -1 ? slots : slots.slice(0, hole);
}

/** Exchanges stamp settlements a few ms late; those of its last minute still belong to a quarter. */
export function fundingOf(funding: readonly FundingRate[], openTime: number): readonly FundingRate[] {
  return funding.filter(({ time }) => time >= openTime && time < openTime + DECISION_CANDLE_MS);
}

/** Settlements happen at full hours. */
function lastHourOf(openTime: number): number {
  return Math.floor(openTime / HOUR_MS) * HOUR_MS;
}
