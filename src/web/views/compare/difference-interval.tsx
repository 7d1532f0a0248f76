import type { PairsAnswer } from '../../../http/comparison/schema.ts';
import { oneDecimal, signed } from '../../format/numbers.ts';

const WIDTH = 460;
const HEIGHT = 66;
const MARGIN = 40;
const LINE_Y = 36;
/** Days of a month in which rates are said (statistics.md#21). */
const DAYS_PER_MONTH = 30.4;

interface DifferenceIntervalProps {
  readonly pair: PairsAnswer['pairs'][number];
  readonly nameOf: (id: string) => string;
}

/** Draws the difference of two, in percent a month, in its interval and beside zero. */
export function DifferenceInterval({ pair: { a, b, difference }, nameOf }: DifferenceIntervalProps) {
  if (difference === null) return null;
  const [low, middle, high] = [difference.interval[0], difference.mean, difference.interval[1]].map(
    monthlyPercent,
  ) as [number, number, number];
  const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const at = (value: number) => WIDTH / 2 + (value / reach) * (WIDTH / 2 - MARGIN);
  const text = (value: number) => signed(value, oneDecimal);
  const label = `Difference ${text(middle)} % a month, 90 % interval ${text(low)} to ${text(high)} %.`;
  return (
    <svg class="difference-interval" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <text x={0} y={12}>
        {shortened(nameOf(b))} better
      </text>
      <text x={WIDTH} y={12} text-anchor="end">
        {shortened(nameOf(a))} better
      </text>
      <line class="interval-zero" x1={at(0)} x2={at(0)} y1={18} y2={LINE_Y + 10} />
      <line class="interval-reach" x1={at(low)} x2={at(high)} y1={LINE_Y} y2={LINE_Y} />
      <circle class="interval-middle" cx={at(middle)} cy={LINE_Y} r={5} />
      <text x={at(low)} y={HEIGHT - 4} text-anchor="middle">
        {text(low)}
      </text>
      <text x={at(high)} y={HEIGHT - 4} text-anchor="middle">
        {text(high)}
      </text>
      {Math.min(at(0) - at(low), at(high) - at(0)) > 60 && (
        <text x={at(0)} y={HEIGHT - 4} text-anchor="middle">
          0, equal
        </text>
      )}
    </svg>
  );
}

/** @param rate of ln equity a day */
function monthlyPercent(rate: number): number {
  return Math.expm1(DAYS_PER_MONTH * rate) * 100;
}

const LONGEST_NAME = 24;

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}
