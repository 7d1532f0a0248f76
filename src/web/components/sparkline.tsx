interface SparklineProps {
  /** At least two points, by time. */
  readonly points: readonly (readonly [time: number, value: number])[];
  /** A level to compare with, drawn as a hairline: what an account began with. */
  readonly base?: number;
  /** What the line shows, for screen readers. */
  readonly label: string;
}

const WIDTH = 100;
const HEIGHT = 24;

/** A small line without axes. It fills the width that it has. */
export function Sparkline({ points, base, label }: SparklineProps) {
  const values = points.map(([, value]) => value);
  const levels = base === undefined ? values : [...values, base];
  const [lowest, highest] = [Math.min(...levels), Math.max(...levels)];
  const [begin, end] = [points[0]![0], points.at(-1)![0]];
  const x = (time: number) => (((time - begin) / Math.max(1, end - begin)) * WIDTH).toFixed(2);
  const y = (value: number) =>
    (highest === lowest ? HEIGHT / 2 : 1 + ((highest - value) / (highest - lowest)) * (HEIGHT - 2)).toFixed(
      2,
    );
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {base !== undefined && <line class="sparkline-base" x1="0" x2={WIDTH} y1={y(base)} y2={y(base)} />}
      <polyline points={points.map(([time, value]) => `${x(time)},${y(value)}`).join(' ')} />
    </svg>
  );
}
