/** When a lot was open, ms: from `openedAt` to before `closedAt`. */
export interface LotTime {
  readonly openedAt: number;
  readonly closedAt: number;
}

/** A stretch from flat to flat, and what its lots come to together. Times in ms. */
export interface Position<Sums> {
  readonly from: number;
  readonly to: number;
  readonly sums: Sums;
}

/** All lots that are open now: they belong to one position. */
export interface OpenPosition<Sums> {
  /** When the oldest of them was opened, ms. */
  readonly since: number;
  readonly sums: Sums;
}

/**
 * Positions, which are the stretches from flat to flat, of lots that are added one by one (statistics.md#4, #5). A lot that
 * opens when the last one closes begins a position. Lots come about in the order in which they closed, so each changes only
 * the end of the list.
 */
export class PositionTally<Sums> {
  readonly #add: (one: Sums, other: Sums) => Sums;
  #positions: Position<Sums>[] = [];

  /** @param add what the lots of one position come to together */
  constructor(add: (one: Sums, other: Sums) => Sums) {
    this.#add = add;
  }

  /** @param own what the lot itself comes to */
  add({ openedAt, closedAt }: LotTime, own: Sums): void {
    let [from, to, sums] = [openedAt, Math.max(openedAt, closedAt), own];
    let end = this.#positions.length;
    while (end > 0 && this.#positions[end - 1]!.from >= to) end -= 1;
    let start = end;
    for (; start > 0 && this.#positions[start - 1]!.to > openedAt; start--) {
      const earlier = this.#positions[start - 1]!;
      from = Math.min(from, earlier.from);
      to = Math.max(to, earlier.to);
      sums = this.#add(earlier.sums, sums);
    }
    this.#positions.splice(start, end - start, { from, to, sums });
  }

  /** The positions in order of time; one that is open ends at `until` (ms), or when it was opened if that is later. */
  read(until: number, open: OpenPosition<Sums> | null): readonly Position<Sums>[] {
    if (open === null) return this.#positions;
    const { since } = open;
    const before = this.#positions.filter(({ to }) => to <= since);
    const joined = this.#positions.slice(before.length);
    return [
      ...before,
      {
        from: Math.min(since, joined[0]?.from ?? since),
        to: Math.max(since, until),
        sums: joined.reduceRight((sums, earlier) => this.#add(earlier.sums, sums), open.sums),
      },
    ];
  }

  /** With the same positions. */
  copy(): PositionTally<Sums> {
    const copy = new PositionTally(this.#add);
    copy.#positions = [...this.#positions];
    return copy;
  }
}

/** Time in positions up to `until`, ms. */
export function timeIn(positions: readonly Position<unknown>[], until: number): number {
  return positions.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, until) - from), 0);
}
