interface IntervalMarkProps {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  /** Values at the left and right ends; the same for all rows of a column. */
  readonly scale: readonly [number, number];
}

const WIDTH = 80;
const HEIGHT = 14;
const MARGIN = 4;

/** Draws a value within its interval on the scale of its column. */
export function IntervalMark({ value, interval, scale: [low, high] }: IntervalMarkProps) {
  const at = (x: number) => MARGIN + ((x - low) / (high - low || 1)) * (WIDTH - 2 * MARGIN);
  const middle = HEIGHT / 2;
  return (
    <svg class="interval" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {low <= 0 && high >= 0 && <line class="interval-zero" x1={at(0)} x2={at(0)} y1={0} y2={HEIGHT} />}
      {interval !== null && (
        <line class="interval-range" x1={at(interval[0])} x2={at(interval[1])} y1={middle} y2={middle} />
      )}
      {value !== null && <circle class="interval-value" cx={at(value)} cy={middle} r={3.5} />}
    </svg>
  );
}

/** A scale that contains all values, intervals and zero. */
export function scaleOf(
  rows: readonly Pick<IntervalMarkProps, 'value' | 'interval'>[],
): readonly [number, number] {
  const values = rows.flatMap(({ value, interval }) => [
    ...(interval ?? []),
    ...(value === null ? [] : [value]),
  ]);
  return [Math.min(0, ...values), Math.max(0, ...values)];
}
