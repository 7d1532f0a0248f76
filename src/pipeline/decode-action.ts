import { ACTION_SIZE } from '../dimensions.ts';
import { normalCdf } from './normal-distribution.ts';

type Direction = 'LONG' | 'SHORT' | 'FLAT';
export type Sentiment = 'bullish' | 'bearish' | 'neutral';

/** The policy's normal distribution of the 5 actions [direction, size, leverage, stop, target]. */
export interface ActionDistribution {
  readonly mean: ArrayLike<number>;
  readonly std: ArrayLike<number>;
}

/** Probabilities that a sampled action is long, flat or short; they sum to 1. */
interface DirectionProbabilities {
  readonly long: number;
  readonly flat: number;
  readonly short: number;
}

/** A decoded action; stop and target are in multiples of ATR14. */
export interface DecodedAction {
  /** The deterministic action: the mean, clipped to [-1, 1]. */
  readonly action: readonly number[];
  readonly direction: Direction;
  /** Share of the exposure that is still available, 0..1. */
  readonly sizePct: number;
  /** Whole number, 1..10. */
  readonly leverage: number;
  readonly stopAtrMultiple: number;
  readonly targetAtrMultiple: number;
  readonly probabilities: DirectionProbabilities;
  /** Probability that a sampled action has the direction of the deterministic one, 0..1. */
  readonly agreement: number;
  /** The agreement in whole percent. */
  readonly confidence: number;
  /** Score of the old system, 0 or 50..99 (forecast-and-policy.md#36). */
  readonly strength: number;
  readonly sentiment: Sentiment;
}

/** A direction value closer to 0 than this is FLAT. */
export const DIRECTION_THRESHOLD = 0.33;

const MAX_LEVERAGE = 10;

const SENTIMENTS: Readonly<Record<Direction, Sentiment>> = {
  LONG: 'bullish',
  SHORT: 'bearish',
  FLAT: 'neutral',
};

/**
 * Decodes what the policy answered (forecast-and-policy.md#30 to forecast-and-policy.md#37). All arithmetic is in
 * float64 on the float32 values of the policy, as in training.
 * @throws RangeError when a mean is NaN or there are not 5 of them
 */
export function decodeAction({ mean, std }: ActionDistribution): DecodedAction {
  const action = Array.from(mean, (value) => Math.min(1, Math.max(-1, value)));
  if (action.length !== ACTION_SIZE || action.some(Number.isNaN)) {
    throw new RangeError(`The policy gives ${ACTION_SIZE} numbers, not [${action.join(', ')}].`);
  }
  const [directionValue, size, leverage, stop, target] = action as [number, number, number, number, number];
  const direction = directionOf(directionValue);
  const probabilities = directionProbabilities(mean[0]!, std[0]!);
  const agreement = { LONG: probabilities.long, FLAT: probabilities.flat, SHORT: probabilities.short }[
    direction
  ];
  return {
    action,
    direction,
    sizePct: (size + 1) / 2,
    leverage: roundHalfEven(1 + ((MAX_LEVERAGE - 1) * (leverage + 1)) / 2),
    stopAtrMultiple: 0.5 + (2.5 * (stop + 1)) / 2,
    targetAtrMultiple: 0.5 + (5.5 * (target + 1)) / 2,
    probabilities,
    agreement,
    confidence: Math.round(agreement * 100),
    strength: strengthOf(directionValue, direction),
    sentiment: SENTIMENTS[direction],
  };
}

function directionOf(directionValue: number): Direction {
  if (directionValue > DIRECTION_THRESHOLD) return 'LONG';
  if (directionValue < -DIRECTION_THRESHOLD) return 'SHORT';
  return 'FLAT';
}

/** Probabilities of normal(mean, std) beyond the thresholds; clipping to [-1, 1] does not change them. */
function directionProbabilities(mean: number, std: number): DirectionProbabilities {
  if (std === 0) {
    const direction = directionOf(mean);
    return {
      long: Number(direction === 'LONG'),
      flat: Number(direction === 'FLAT'),
      short: Number(direction === 'SHORT'),
    };
  }
  const long = normalCdf((mean - DIRECTION_THRESHOLD) / std);
  const short = normalCdf((-DIRECTION_THRESHOLD - mean) / std);
  return { long, flat: Math.max(0, 1 - long - short), short };
}

function strengthOf(directionValue: number, direction: Direction): number {
  if (direction === 'FLAT') return 0;
  return Math.floor(Math.min(((Math.abs(directionValue) - DIRECTION_THRESHOLD) / 0.67) * 100 + 50, 99));
}

/** Rounds like Python and numpy: a half goes to the even neighbor. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 ? below : below + 1;
}
