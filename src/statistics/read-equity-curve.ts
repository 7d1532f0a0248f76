import type { HistoryRepository } from '../accounts/history-repository.ts';
import { PaperdeskError } from '../errors.ts';
import type { PaperAccount } from '../trading/account.ts';
import type { EquityPoint } from '../trading/outcome.ts';

interface PointWithDrawdown extends EquityPoint {
  /** How far the equity is below the highest equity so far, as a share of that, 0..1. */
  readonly drawdown: number;
}

export interface CurvePoint extends PointWithDrawdown {
  /** The deepest drawdown since the point before. */
  readonly worstDrawdown: number;
  /** What the initial balance would be worth, had it bought the symbol when the epoch began; null where a price is unknown. */
  readonly holding: number | null;
  /** Close of the symbol at that time; null if the candle is not stored. */
  readonly price: number | null;
}

export interface CurveSources {
  readonly history: Pick<HistoryRepository, 'equityAfter' | 'peakBefore'>;
  /** Closes of the decision candles that closed at these times, by time. */
  readonly closesAt: (times: readonly number[]) => Promise<ReadonlyMap<number, number>>;
  /** Yields to the event loop. */
  readonly pause: () => Promise<unknown>;
}

/** As many as prices are read at once. */
const MAX_POINTS = 5000;
/** Reading so many rows takes a millisecond or two. */
const PAGE_ROWS = 1000;

/** Times in ms, both included. */
export interface CurveRange {
  readonly from: number;
  readonly to: number;
  /** Maximum number of points, 3 to 5000. */
  readonly points: number;
  /** Length of candles, in ms: one point for each, its last, instead of a number of points. */
  readonly gridMs?: number | undefined;
}

/**
 * The equity curve of an epoch, downsampled or on a grid of candles, with drawdowns and prices (paper.md#50). If the range includes the start
 * of the epoch, the curve begins with the initial balance.
 * @throws PaperdeskError VALIDATION if there are more than 5000 candles in the range
 */
export async function readEquityCurve(
  { history, closesAt, pause }: CurveSources,
  { id, epoch, initialBalance, pipeline }: Pick<PaperAccount, 'id' | 'epoch' | 'initialBalance' | 'pipeline'>,
  { from, to, points, gridMs }: CurveRange,
): Promise<CurvePoint[]> {
  const peakBefore = await history.peakBefore(id, epoch, from);
  const stored: EquityPoint[] = [];
  for (let after = from - 1; ; ) {
    const page = await history.equityAfter(id, epoch, after, PAGE_ROWS);
    const last = page.at(-1);
    for (const point of page) if (point.time <= to) stored.push(point);
    if (last === undefined || last.time >= to || page.length < PAGE_ROWS) break;
    after = last.time;
    await pause();
  }
  const start = peakBefore === null ? startOf(stored, initialBalance, from, pipeline.decisionMs) : [];
  const peak = Math.max(initialBalance, peakBefore ?? initialBalance);
  const whole = withDrawdowns([...start, ...stored], peak);
  const curve = withWorst(whole, gridMs === undefined ? downsample(whole, points) : onGrid(whole, gridMs));
  const closes = await closesAt(curve.map(({ time }) => time));
  const [first] = await history.equityAfter(id, epoch, Number.MIN_SAFE_INTEGER, 1);
  const began = (first?.time ?? 0) - pipeline.decisionMs;
  const startPrice = (await closesAt([began])).get(began) ?? null;
  return curve.map((point) => {
    const price = closes.get(point.time) ?? null;
    const holding = price === null || startPrice === null ? null : (initialBalance * price) / startPrice;
    return { ...point, price, holding };
  });
}

/** The initial balance when the candle of the first point opened; nothing if that is before `from`. */
function startOf(
  [first]: readonly EquityPoint[],
  initialBalance: number,
  from: number,
  decisionMs: number,
): EquityPoint[] {
  if (first === undefined || first.time - decisionMs < from) return [];
  const time = first.time - decisionMs;
  return [{ time, equity: initialBalance, wallet: initialBalance, openLots: 0, openSide: null }];
}

/** @param peak the highest equity before the first point */
function withDrawdowns(curve: readonly EquityPoint[], peak: number): PointWithDrawdown[] {
  let highest = peak;
  return curve.map((point) => {
    highest = Math.max(highest, point.equity);
    return { ...point, drawdown: highest > 0 ? (highest - point.equity) / highest : 0 };
  });
}

/** The last point of each candle; a point at its close belongs to it. */
function onGrid(curve: readonly PointWithDrawdown[], gridMs: number): readonly PointWithDrawdown[] {
  const candleOf = ({ time }: PointWithDrawdown) => Math.ceil(time / gridMs);
  const points = curve.filter((point, index) => {
    const next = curve[index + 1];
    return next === undefined || candleOf(next) !== candleOf(point);
  });
  if (points.length <= MAX_POINTS) return points;
  throw new PaperdeskError(
    'VALIDATION',
    `The range has ${points.length} candles; at most ${MAX_POINTS} are answered: choose a longer timeframe or a shorter range.`,
  );
}

/** Adds to points of a curve the deepest drawdown since the one before. */
function withWorst(whole: readonly PointWithDrawdown[], points: readonly PointWithDrawdown[]) {
  let index = 0;
  return points.map((point) => {
    let worstDrawdown = point.drawdown;
    for (; index < whole.length && whole[index]!.time <= point.time; index++)
      worstDrawdown = Math.max(worstDrawdown, whole[index]!.drawdown);
    return { ...point, worstDrawdown };
  });
}

/**
 * At most `points` (3 or more) points of a curve: the first, the last, and the lowest and highest of equal buckets in
 * between, so that peaks and falls stay visible.
 */
export function downsample<Point extends Pick<EquityPoint, 'time' | 'equity'>>(
  curve: readonly Point[],
  points: number,
): readonly Point[] {
  if (curve.length <= points) return curve;
  const first = curve[0] as Point;
  const last = curve.at(-1) as Point;
  const inner = curve.slice(1, -1);
  const buckets = Math.max(1, Math.floor((points - 2) / 2));
  const chosen: Point[] = [first];
  for (let index = 0; index < buckets; index++) {
    const bucket = inner.slice(
      Math.floor((index * inner.length) / buckets),
      Math.floor(((index + 1) * inner.length) / buckets),
    );
    const lowest = bucket.reduce((a, b) => (b.equity < a.equity ? b : a));
    const highest = bucket.reduce((a, b) => (b.equity > a.equity ? b : a));
    const pair = lowest.time <= highest.time ? [lowest, highest] : [highest, lowest];
    chosen.push(...(lowest === highest || points - 2 < 2 ? pair.slice(0, 1) : pair));
  }
  return [...chosen, last];
}
