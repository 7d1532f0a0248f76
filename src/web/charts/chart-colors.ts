/** The page's colors as the canvas needs them: resolved for the light or the dark theme. */
export interface ChartColors {
  readonly surface: string;
  /** Of what is read first; `text` is softer. */
  readonly ink: string;
  readonly text: string;
  readonly grid: string;
  /** Long, up, gain. */
  readonly long: string;
  /** Short, down, loss. */
  readonly short: string;
  /** What the model says. */
  readonly model: string;
  /** Holding the symbol. */
  readonly hold: string;
  /** Ground of what is selected. */
  readonly selected: string;
  readonly longSoft: string;
  readonly shortSoft: string;
  /** For lines side by side. Color-blind readers can tell them apart, but lines should differ in dashes as well. */
  readonly series: readonly string[];
  /** A color with another opacity, 0 to 1. */
  fade(color: string, opacity: number): string;
}

const SERIES = 8;

/** Reads the custom properties of styles/tokens.css as they apply to an element. */
export function chartColorsAt(element: HTMLElement): ChartColors {
  const probe = element.appendChild(document.createElement('span'));
  const read = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colors: ChartColors = {
    surface: read('surface'),
    ink: read('text'),
    text: read('text-soft'),
    grid: read('line'),
    long: read('long'),
    short: read('short'),
    model: read('model'),
    hold: read('hold'),
    selected: read('selected'),
    longSoft: read('long-soft'),
    shortSoft: read('short-soft'),
    series: Array.from({ length: SERIES }, (_, index) => read(`series-${index + 1}`)),
    fade: fader(),
  };
  probe.remove();
  return colors;
}

/** Remembers what it made: the same few colors are asked for in every frame. */
function fader(): ChartColors['fade'] {
  const known = new Map<string, string>();
  return (color, opacity) => {
    const key = `${color} ${opacity}`;
    const faded = known.get(key) ?? color.replace(/^rgba?\(([^,]+,[^,]+,[^,)]+).*$/, `rgba($1, ${opacity})`);
    known.set(key, faded);
    return faded;
  };
}
