import { QUANTILE_COUNT } from '../dimensions.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { CandleSample, ComputedCandle, DecidedCandle } from './candle-sample.ts';
import type { Difference } from './replay-job.ts';

/** A forecast of a batch is summed in another order than one alone. */
const QUANTILE_TOLERANCE = 1e-5;
/** Relative, for sizes and prices: they follow from quantiles. */
const ORDER_TOLERANCE = 1e-6;

type Value = number | string | null;
type IsEqual = (alone: Value, inReplay: Value) => boolean;

const isSame: IsEqual = (alone, inReplay) => Object.is(alone, inReplay) || alone === inReplay;

function within(tolerance: (a: number, b: number) => number): IsEqual {
  return (alone, inReplay) =>
    typeof alone === 'number' && typeof inReplay === 'number'
      ? Object.is(alone, inReplay) || Math.abs(alone - inReplay) <= tolerance(alone, inReplay)
      : alone === inReplay;
}

const isNearQuantile = within(() => QUANTILE_TOLERANCE);
const isNearOrder = within((a, b) => ORDER_TOLERANCE * Math.max(Math.abs(a), Math.abs(b)));

/** The first quantity before the forecast that differs; null if there is none. */
export function differenceOfInputs(
  { features }: Pick<Pipeline, 'features'>,
  alone: Omit<ComputedCandle, 'quantiles'>,
  inReplay: Omit<ComputedCandle, 'quantiles'>,
): Difference | null {
  for (const part of ['features', 'scaled'] as const) {
    const found = firstDifference(alone[part], inReplay[part], isSame, (index) => {
      return `${part}.${features[index]?.name ?? index}`;
    });
    if (found !== null) return found;
  }
  return compare('reason', alone.windowReason, inReplay.windowReason, isSame);
}

/** The first quantity from the forecast on that differs; null if there is none. */
export function differenceOfDecisions(
  { quantileLevels }: Pick<Pipeline, 'quantileLevels'>,
  alone: Omit<CandleSample, 'asOf'>,
  inReplay: Omit<CandleSample, 'asOf'>,
): Difference | null {
  return (
    firstDifference(alone.computed.quantiles, inReplay.computed.quantiles, isNearQuantile, (index) => {
      const step = Math.floor(index / QUANTILE_COUNT) + 1;
      return `quantile ${quantileLevels[index % QUANTILE_COUNT]} of step ${step}`;
    }) ?? differenceOfOrders(alone.decided, inReplay.decided)
  );
}

function differenceOfOrders(alone: DecidedCandle | null, inReplay: DecidedCandle | null): Difference | null {
  for (const field of ['direction', 'leverage', 'reason', 'action'] as const) {
    const found = compare(field, alone?.[field] ?? null, inReplay?.[field] ?? null, isSame);
    if (found !== null) return found;
  }
  const [own, other] = [alone?.order ?? {}, inReplay?.order ?? {}] as Record<string, Value>[];
  for (const field of Object.keys({ ...own, ...other })) {
    const found = compare(`order.${field}`, own?.[field] ?? null, other?.[field] ?? null, isNearOrder);
    if (found !== null) return found;
  }
  return null;
}

function firstDifference(
  alone: ArrayLike<number>,
  inReplay: ArrayLike<number>,
  isEqual: IsEqual,
  nameOf: (index: number) => string,
): Difference | null {
  for (let index = 0; index < Math.max(alone.length, inReplay.length); index += 1) {
    const found = compare(nameOf(index), alone[index] ?? null, inReplay[index] ?? null, isEqual);
    if (found !== null) return found;
  }
  return null;
}

function compare(quantity: string, alone: Value, inReplay: Value, isEqual: IsEqual): Difference | null {
  if (isEqual(alone, inReplay)) return null;
  return { quantity, alone: shown(alone), inReplay: shown(inReplay) };
}

function shown(value: Value): Value {
  if (typeof value !== 'number') return value;
  return Number.isFinite(value) ? value + 0 : String(value);
}
