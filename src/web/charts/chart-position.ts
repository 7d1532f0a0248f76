/** A closed lot as the chart draws it: a line from entry to exit. Times in ms since the epoch. */
export interface LotLine {
  readonly positionId: string;
  readonly opened: number;
  readonly closed: number;
  readonly entry: number;
  readonly exit: number;
  /** Result in USDT. */
  readonly pnl: number;
}

/** All lots from flat to flat. */
export interface ChartPosition {
  readonly id: string;
  readonly side: 'Long' | 'Short';
  readonly opened: number;
  /** null while a lot is open. */
  readonly closed: number | null;
  /** Of its first lot where that is known, else the average of all. */
  readonly entry: number;
  /** Average of the lots that are closed. */
  readonly exit: number | null;
  /** Result of the closed lots in USDT. */
  readonly pnl: number;
}

/** Gains and losses of the lots that closed on a UTC day, in USDT. */
export interface DayResult {
  /** Start of the day, ms since the epoch. */
  readonly day: number;
  readonly won: number;
  /** 0 or less. */
  readonly lost: number;
}

/** With more positions in view than this, only the largest have labels. */
const MAX_LABELED = 40;
const LARGEST = 10;

/** The positions that get a label: all that are closed, or of many the ten with the largest results. */
export function labeledPositions<Position extends ChartPosition>(
  inView: readonly Position[],
): readonly Position[] {
  const closed = inView.filter((one) => one.closed !== null);
  if (inView.length <= MAX_LABELED) return closed;
  return closed.toSorted((a, b) => Math.abs(b.pnl) - Math.abs(a.pnl)).slice(0, LARGEST);
}

/** One line per position, for when there are too many lots. */
export function positionLines(positions: readonly ChartPosition[]): LotLine[] {
  return positions.flatMap(({ id: positionId, closed, exit, ...position }) =>
    closed === null || exit === null ? [] : [{ ...position, positionId, closed, exit }],
  );
}
