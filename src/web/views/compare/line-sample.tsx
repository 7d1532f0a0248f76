import { DASH_PATTERNS, lineStyleAt } from './line-styles.ts';

/** A piece of the line that an account has in the chart. @param style index of its line style */
export function LineSample({ style }: { readonly style: number }) {
  const { color, dash } = lineStyleAt(style);
  return (
    <svg
      class="line-sample"
      style={{ color: `var(--series-${color + 1})` }}
      viewBox="0 0 24 8"
      aria-hidden="true"
    >
      <path d="M0 4h24" stroke-dasharray={DASH_PATTERNS[dash]} />
    </svg>
  );
}

/** A piece of the line of holding. */
export function HoldingSample() {
  return (
    <svg class="line-sample line-holding" viewBox="0 0 24 8" aria-hidden="true">
      <path d="M0 4h24" />
    </svg>
  );
}
