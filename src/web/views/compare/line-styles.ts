/** How lines side by side are drawn: colours repeat after eight, and then with other dashes. */
export interface LineLook {
  /** Of the colours --series-1 to --series-8, from 0. */
  readonly color: number;
  readonly dash: 'solid' | 'dashed' | 'dotted' | 'long';
}

const COLORS = 8;
const DASHES = ['solid', 'dashed', 'dotted', 'long'] as const;

/** Neighbours differ in colour and in dashes, so that either alone tells them apart. */
export function lookOf(index: number): LineLook {
  return {
    color: index % COLORS,
    dash: DASHES[(index + Math.floor(index / COLORS)) % DASHES.length]!,
  };
}

/** The same dashes for a line of SVG. */
export const DASH_PATTERNS: Record<LineLook['dash'], string | undefined> = {
  solid: undefined,
  dashed: '4 3',
  dotted: '1.5 2.5',
  long: '8 3',
};
