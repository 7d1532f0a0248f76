/** A place on the canvas, in CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A label that belongs above or below a stretch of the curve. */
export interface WantedLabel {
  /** Its left edge. */
  readonly x: number;
  readonly width: number;
  readonly height: number;
  /** Highest and lowest pixel of the stretch. */
  readonly top: number;
  readonly bottom: number;
}

/** Space between a label and what it belongs to, and between labels. */
const DISTANCE = 8;
const GAP = 2;

/**
 * Places labels from left to right so that none lies on another: above its stretch, else higher, else below it, else lower.
 * @param taken boxes that stay free
 * @returns a box for each label, in the order given; undefined where there is no room
 */
export function placeLabels(
  labels: readonly WantedLabel[],
  { width, height }: Pick<Box, 'width' | 'height'>,
  taken: readonly Box[] = [],
): (Box | undefined)[] {
  const placed = [...taken];
  const boxes = new Array<Box | undefined>(labels.length);
  const order = labels.map((_, index) => index).sort((a, b) => labels[a]!.x - labels[b]!.x);
  for (const index of order) {
    const label = labels[index]!;
    const x = Math.min(Math.max(label.x, 1), Math.max(1, width - label.width - 1));
    const box = freeBox({ ...label, x }, height, placed);
    if (box !== undefined) placed.push(box);
    boxes[index] = box;
  }
  return boxes;
}

function freeBox(label: WantedLabel, plotHeight: number, placed: readonly Box[]): Box | undefined {
  const { x, width, height } = label;
  const hitAt = (y: number) => placed.find((box) => overlaps(box, { x, y, width, height }));
  const inside = (y: number) => Math.min(Math.max(y, 1), plotHeight - height - 1);
  for (let y = inside(label.top - DISTANCE - height); y >= 1; ) {
    const hit = hitAt(y);
    if (hit === undefined) return { x, y, width, height };
    y = hit.y - height - GAP;
  }
  for (let y = inside(label.bottom + DISTANCE); y + height < plotHeight; ) {
    const hit = hitAt(y);
    if (hit === undefined) return { x, y, width, height };
    y = hit.y + hit.height + GAP;
  }
  return undefined;
}

function overlaps(a: Box, b: Box): boolean {
  return (
    a.x < b.x + b.width + GAP &&
    b.x < a.x + a.width + GAP &&
    a.y < b.y + b.height + GAP &&
    b.y < a.y + a.height + GAP
  );
}

/**
 * Moves labels on one vertical line apart: down where two are too close, and up again where that would leave the range.
 * @param wanted where each would be, in any order
 * @param distance between two neighbors, at least
 * @returns where each is, in the order given; between `from` and `to` if all fit there
 */
export function pushApart(wanted: readonly number[], distance: number, from: number, to: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]!);
  const places = [...wanted];
  let lowest = from;
  for (const index of order) {
    places[index] = Math.max(wanted[index]!, lowest);
    lowest = places[index]! + distance;
  }
  let highest = to;
  for (const index of order.toReversed()) {
    places[index] = Math.min(places[index]!, highest);
    highest = places[index]! - distance;
  }
  return places;
}
