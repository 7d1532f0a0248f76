export interface CurveLineStyle {
  /** Index of the color: --series-1 is 0. */
  readonly color: number;
  readonly dash: 'solid' | 'dashed' | 'dotted' | 'long';
}

const COLORS = 8;
const DASHES = ['solid', 'dashed', 'dotted', 'long'] as const;

/** The style of a line among others. Neighbors differ in both color and dashes; colors repeat with other dashes. */
export function lineStyleAt(index: number): CurveLineStyle {
  return {
    color: index % COLORS,
    dash: DASHES[(index + Math.floor(index / COLORS)) % DASHES.length]!,
  };
}

/** The dashes as SVG's stroke-dasharray. */
export const DASH_PATTERNS: Record<CurveLineStyle['dash'], string | undefined> = {
  solid: undefined,
  dashed: '4 3',
  dotted: '1.5 2.5',
  long: '8 3',
};
