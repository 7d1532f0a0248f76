import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { PaperAccount } from '../trading/account.ts';
import { DECISION_CANDLE_MS } from '../trading/candle-times.ts';
import type { EquityPoint } from '../trading/outcome.ts';

/** A point of a curve, and how far it lies below the highest one before it, as a share of that, 0..1. */
interface CurvePoint extends EquityPoint {
  readonly drawdown: number;
}

/** The same with the close of the symbol at that time; null where it is not stored. */
export interface PricedPoint extends CurvePoint {
  readonly price: number | null;
}

export interface CurveParts {
  readonly history: Pick<HistoryRepository, 'equityAfter' | 'peakBefore'>;
  /** Closes of the 15-minute candles that closed at these times, by that time. */
  readonly closesAt: (times: readonly number[]) => Promise<ReadonlyMap<number, number>>;
  /** Lets others have their turn. */
  readonly pause: () => Promise<unknown>;
}

/** Rows read at once: a millisecond or two. */
const PAGE = 1000;

/** Which part of a curve: times in ms, both included, and how many points of it, 3 to 5000. */
export interface CurveRange {
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

/**
 * The curve of an account's epoch, reduced to some points, with its drawdowns and what the symbol cost. A curve that is
 * seen from its start begins with the initial balance.
 */
export async function curveOf(
  { history, closesAt, pause }: CurveParts,
  { id, epoch, initialBalance }: Pick<PaperAccount, 'id' | 'epoch' | 'initialBalance'>,
  { from, to, points }: CurveRange,
): Promise<PricedPoint[]> {
  const known = await history.peakBefore(id, epoch, from);
  const stored: EquityPoint[] = [];
  for (let after = from - 1; ; ) {
    const page = await history.equityAfter(id, epoch, after, PAGE);
    const last = page.at(-1);
    for (const point of page) if (point.time <= to) stored.push(point);
    if (last === undefined || last.time >= to || page.length < PAGE) break;
    after = last.time;
    await pause();
  }
  const start = known === null ? startOf(stored, initialBalance, from) : [];
  const curve = withDrawdowns([...start, ...stored], Math.max(initialBalance, known ?? initialBalance));
  const reduced = reducedCurve(curve, points);
  const closes = await closesAt(reduced.map(({ time }) => time));
  return reduced.map((point) => ({ ...point, price: closes.get(point.time) ?? null }));
}

/** What the account had when the candle of its first point opened; nothing where that is before `from`. */
function startOf([first]: readonly EquityPoint[], initialBalance: number, from: number): EquityPoint[] {
  if (first === undefined || first.time - DECISION_CANDLE_MS < from) return [];
  const time = first.time - DECISION_CANDLE_MS;
  return [{ time, equity: initialBalance, wallet: initialBalance, openLots: 0, openSide: null }];
}

/** The points with their drawdowns. @param peak the highest equity before the first point */
function withDrawdowns(curve: readonly EquityPoint[], peak: number): CurvePoint[] {
  let highest = peak;
  return curve.map((point) => {
    highest = Math.max(highest, point.equity);
    return { ...point, drawdown: highest > 0 ? (highest - point.equity) / highest : 0 };
  });
}

/**
 * At most `points` (3 or more) of a curve: the first, the last, and of each stretch between them the lowest or the
 * highest in turn, so that neither peaks nor falls are lost.
 */
export function reducedCurve<Point extends Pick<EquityPoint, 'time' | 'equity'>>(
  curve: readonly Point[],
  points: number,
): readonly Point[] {
  if (curve.length <= points) return curve;
  const first = curve[0] as Point;
  const last = curve.at(-1) as Point;
  const inner = curve.slice(1, -1);
  const buckets = Math.max(1, Math.floor((points - 2) / 2));
  const kept: Point[] = [first];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const part = inner.slice(
      Math.floor((bucket * inner.length) / buckets),
      Math.floor(((bucket + 1) * inner.length) / buckets),
    );
    const lowest = part.reduce((a, b) => (b.equity < a.equity ? b : a));
    const highest = part.reduce((a, b) => (b.equity > a.equity ? b : a));
    const pair = lowest.time <= highest.time ? [lowest, highest] : [highest, lowest];
    kept.push(...(lowest === highest || points - 2 < 2 ? pair.slice(0, 1) : pair));
  }
  return [...kept, last];
}
