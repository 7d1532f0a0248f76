import { SizedSvg } from './sized-svg.tsx';

/** A column: what it stands for below it, and its height. */
export interface ChartColumn {
  /** Identifies it; tick labels come from `tickOf`. */
  readonly key: string;
  readonly value: number;
  readonly tone: 'long' | 'short' | 'ink' | 'model';
  /** For the pointer. */
  readonly title: string;
}

interface ColumnChartProps {
  readonly label: string;
  readonly columns: readonly ChartColumn[];
  /** Text below a column; undefined for none. */
  readonly tickOf: (index: number) => string | undefined;
  /** Text at the scale. */
  readonly format: (value: number) => string;
}

const HEIGHT = 150;
const LEFT = 34;
const TOP = 8;
const BOTTOM = 18;

/** Columns over an axis, with the largest and the smallest value beside it. */
export function ColumnChart({ label, columns, tickOf, format }: ColumnChartProps) {
  const high = Math.max(0, ...columns.map(({ value }) => value));
  const low = Math.min(0, ...columns.map(({ value }) => value));
  const range = high - low || 1;
  const y = (value: number) => TOP + ((high - value) / range) * (HEIGHT - TOP - BOTTOM);
  return (
    <SizedSvg height={HEIGHT} label={label}>
      {(width) => {
        const step = (width - LEFT) / columns.length;
        return (
          <>
            {[...new Set([high, 0, low])].map((value) => (
              <g key={value}>
                <line
                  class={value === 0 ? 'axis' : 'axis pale'}
                  x1={LEFT}
                  x2={width}
                  y1={y(value)}
                  y2={y(value)}
                />
                <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">
                  {format(value)}
                </text>
              </g>
            ))}
            {columns.map(({ key, value, tone, title }, index) => (
              <g key={key}>
                <rect
                  class={`fill-${tone}`}
                  x={LEFT + (index + 0.12) * step}
                  width={Math.max(1, 0.76 * step)}
                  y={y(Math.max(0, value))}
                  height={Math.max(value === 0 ? 0 : 1, y(Math.min(0, value)) - y(Math.max(0, value)))}
                >
                  <title>{title}</title>
                </rect>
                {tickOf(index) !== undefined && (
                  <text x={LEFT + (index + 0.5) * step} y={HEIGHT - 3} text-anchor="middle">
                    {tickOf(index)}
                  </text>
                )}
              </g>
            ))}
          </>
        );
      }}
    </SizedSvg>
  );
}
