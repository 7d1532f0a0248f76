/** When a lot was open, ms: from `openedAt` to before `closedAt`. */
export interface LotTime {
  readonly openedAt: number;
  readonly closedAt: number;
}

interface Position {
  readonly from: number;
  readonly to: number;
}

/**
 * Positions, which are the stretches from flat to flat, of lots that are added one by one (statistics.md#4, #5). A lot that
 * opens when the last one closes begins a position. Lots come about in the order in which they closed, so each changes only
 * the end of the list.
 */
export class PositionTally {
  readonly #positions: Position[] = [];

  add({ openedAt, closedAt }: LotTime): void {
    let [from, to] = [openedAt, Math.max(openedAt, closedAt)];
    let end = this.#positions.length;
    while (end > 0 && this.#positions[end - 1]!.from >= to) end -= 1;
    let start = end;
    for (; start > 0 && this.#positions[start - 1]!.to > openedAt; start--) {
      from = Math.min(from, this.#positions[start - 1]!.from);
      to = Math.max(to, this.#positions[start - 1]!.to);
    }
    this.#positions.splice(start, end - start, { from, to });
  }

  /**
   * The number of positions and the time in them up to `until`.
   * @param firstOpen when the oldest of the lots that are still open was opened; null without one
   */
  read(until: number, firstOpen: number | null): { readonly positions: number; readonly openMs: number } {
    const all = this.#withOpen(firstOpen, until);
    const openMs = all.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, until) - from), 0);
    return { positions: all.length, openMs };
  }

  #withOpen(firstOpen: number | null, until: number): readonly Position[] {
    if (firstOpen === null) return this.#positions;
    const before = this.#positions.filter(({ to }) => to <= firstOpen);
    const from = Math.min(firstOpen, this.#positions[before.length]?.from ?? firstOpen);
    return [...before, { from, to: Math.max(from, until) }];
  }
}
