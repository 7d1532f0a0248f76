import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { PaperAccount } from '../trading/account.ts';
import type { EquityPoint } from '../trading/outcome.ts';

interface PointWithDrawdown extends EquityPoint {
  /** How far the equity is below the highest equity so far, as a share of that, 0..1. */
  readonly drawdown: number;
}

export interface CurvePoint extends PointWithDrawdown {
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

/** Reading so many rows takes a millisecond or two. */
const PAGE_ROWS = 1000;

/** Times in ms, both included. */
export interface CurveRange {
  readonly from: number;
  readonly to: number;
  /** Maximum number of points, 3 to 5000. */
  readonly points: number;
}

/**
 * The equity curve of an epoch, downsampled, with drawdowns and prices (paper.md#50). If the range includes the start
 * of the epoch, the curve begins with the initial balance.
 */
export async function readEquityCurve(
  { history, closesAt, pause }: CurveSources,
  { id, epoch, initialBalance, pipeline }: Pick<PaperAccount, 'id' | 'epoch' | 'initialBalance' | 'pipeline'>,
  { from, to, points }: CurveRange,
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
  const curve = downsample(withDrawdowns([...start, ...stored], peak), points);
  const closes = await closesAt(curve.map(({ time }) => time));
  return curve.map((point) => ({ ...point, price: closes.get(point.time) ?? null }));
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
