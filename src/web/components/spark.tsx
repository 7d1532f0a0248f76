import type { ComponentChildren } from 'preact';

/** The size that sparks are drawn in; they stretch to their place. */
const WIDTH = 120;
const HEIGHT = 26;
const EDGE = 2;
/** Where flat bars lie. */
const BAR = { y: 9, height: 8 };

type Point = readonly [x: number, y: number];

interface SparkProps {
  /** What it shows, for screen readers, which pass it over where it only repeats a number. */
  readonly label?: string | undefined;
  readonly children: ComponentChildren;
}

function Spark({ label, children }: SparkProps) {
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      aria-hidden={label === undefined}
    >
      {children}
    </svg>
  );
}

interface SparkLineProps {
  readonly points: readonly Point[];
  /** Draws a line at this level, which the scale then includes. */
  readonly base?: number;
  /** Fills what lies between the line and the base. */
  readonly isArea?: boolean;
  readonly label?: string;
}

/** A curve without axes. */
export function SparkLine({ points, base, isArea = false, label }: SparkLineProps) {
  if (points.length < 2) return null;
  const { placed, level } = placePoints(points, base);
  const path = `M${placed.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
  return (
    <Spark label={label}>
      {base !== undefined && <line class="spark-zero" x1="0" x2={WIDTH} y1={level} y2={level} />}
      {isArea && <path class="spark-area" d={`${path}L${WIDTH} ${level}L0 ${level}Z`} />}
      <path class={isArea ? 'spark-line down' : 'spark-line'} d={path} vector-effect="non-scaling-stroke" />
    </Spark>
  );
}

function placePoints(points: readonly Point[], base: number | undefined): { placed: Point[]; level: number } {
  const first = points[0]![0];
  const span = points.at(-1)![0] - first || 1;
  const values = points.map(([, y]) => y);
  if (base !== undefined) values.push(base);
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) [low, high] = [low - 1, high + 1];
  const yOf = (value: number) => EDGE + (1 - (value - low) / (high - low)) * (HEIGHT - 2 * EDGE);
  return { placed: points.map(([x, y]) => [((x - first) / span) * WIDTH, yOf(y)]), level: yOf(base ?? 0) };
}

interface SparkBarsProps {
  readonly values: readonly number[];
  /** Gains stand above a line, losses hang below it. */
  readonly isSigned?: boolean;
  readonly tone?: 'ink' | 'model';
}

/** Bars side by side, the largest as high as the spark. */
export function SparkBars({ values, isSigned = false, tone = 'ink' }: SparkBarsProps) {
  const largest = Math.max(...values.map(Math.abs));
  if (values.length === 0 || largest === 0) return null;
  const width = WIDTH / values.length;
  const zero = isSigned ? HEIGHT / 2 : HEIGHT - 1;
  return (
    <Spark>
      {values.map((value, index) => {
        const height = (Math.abs(value) / largest) * (zero - 1);
        return (
          <rect
            key={index}
            class={isSigned ? (value < 0 ? 'fill-short' : 'fill-long') : `fill-${tone}`}
            x={(index + 0.14) * width}
            width={0.72 * width}
            y={value < 0 ? zero : zero - height}
            height={height}
          />
        );
      })}
      <line class="spark-zero" x1="0" x2={WIDTH} y1={zero} y2={zero} />
    </Spark>
  );
}

/** A share of a whole. @param share from 0 to 1 */
export function SparkShare({ share }: { readonly share: number }) {
  const won = share * WIDTH;
  return (
    <Spark>
      <rect class="fill-long" width={won} {...BAR} />
      <rect class="fill-short fill-pale" x={won + 1} width={Math.max(0, WIDTH - won - 1)} {...BAR} />
    </Spark>
  );
}

interface SparkSpansProps {
  readonly spans: readonly (readonly [from: number, to: number])[];
  readonly from: number;
  readonly to: number;
}

/** Parts of a length of time, each at least a pixel wide. */
export function SparkSpans({ spans, from, to }: SparkSpansProps) {
  const scale = WIDTH / (to - from || 1);
  return (
    <Spark>
      <rect class="fill-sunken" width={WIDTH} {...BAR} />
      {spans.map(([begin, end]) => (
        <rect
          key={begin}
          class="fill-text"
          x={(begin - from) * scale}
          width={Math.max(1, (end - begin) * scale)}
          {...BAR}
        />
      ))}
    </Spark>
  );
}
