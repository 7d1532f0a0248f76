import { fixed } from '../../../format/numbers.ts';

interface GaugeProps {
  /** From -1 (short) to 1 (long). */
  readonly direction: number;
  /** Beyond it, to either side, lots are opened. */
  readonly threshold: number;
  /** Directions of the last day. */
  readonly trail: readonly number[];
}

const [WIDTH, HEIGHT] = [344, 34];
const BAR = { y: 10, height: 8 };

const xOf = (value: number) => ((Math.max(-1, Math.min(1, value)) + 1) / 2) * WIDTH;

/** Where the direction is between short and long, and where it was during the last day. */
export function Gauge({ direction, threshold, trail }: GaugeProps) {
  const [short, long] = [xOf(-threshold), xOf(threshold)];
  const label = `Direction ${fixed(direction)} on a scale from −1 to 1: short below −${threshold}, long above ${threshold}`;
  return (
    <svg class="gauge" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <rect class="fill-short-soft" width={short} {...BAR} />
      <rect class="fill-sunken" x={short + 1} width={long - short - 2} {...BAR} />
      <rect class="fill-long-soft" x={long} width={WIDTH - long} {...BAR} />
      {trail.map((value, index) => (
        <rect key={index} class="gauge-trail" x={xOf(value) - 0.5} width="1" {...BAR} />
      ))}
      <path class="fill-model" d={`M${xOf(direction)} 18l-5-9.5h10z`} />
      <text x="0" y="31">
        short
      </text>
      <text x={short} y="31" text-anchor="middle">
        −{threshold}
      </text>
      <text x={WIDTH / 2} y="31" text-anchor="middle">
        flat
      </text>
      <text x={long} y="31" text-anchor="middle">
        {threshold}
      </text>
      <text x={WIDTH} y="31" text-anchor="end">
        long
      </text>
    </svg>
  );
}
