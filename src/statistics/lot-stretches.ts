/** When a lot was open, ms: from `openedAt` to before `closedAt`. */
export interface LotTime {
  readonly openedAt: number;
  readonly closedAt: number;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Stretches from flat to flat, of lots that are added one by one (statistics.md#4, #5). A lot that opens when the last one
 * closes begins a stretch. Lots come about in the order in which they closed, so each changes only the end of the list.
 */
export class LotStretches {
  readonly #stretches: Stretch[] = [];

  add({ openedAt, closedAt }: LotTime): void {
    let [from, to] = [openedAt, Math.max(openedAt, closedAt)];
    let end = this.#stretches.length;
    while (end > 0 && this.#stretches[end - 1]!.from >= to) end -= 1;
    let start = end;
    for (; start > 0 && this.#stretches[start - 1]!.to > openedAt; start--) {
      from = Math.min(from, this.#stretches[start - 1]!.from);
      to = Math.max(to, this.#stretches[start - 1]!.to);
    }
    this.#stretches.splice(start, end - start, { from, to });
  }

  /**
   * The number of stretches and the time in them up to `until`.
   * @param firstOpen when the oldest of the lots that are still open was opened; null without one
   */
  read(until: number, firstOpen: number | null): { readonly episodes: number; readonly openMs: number } {
    const all = this.#withOpen(firstOpen, until);
    const openMs = all.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, until) - from), 0);
    return { episodes: all.length, openMs };
  }

  #withOpen(firstOpen: number | null, until: number): readonly Stretch[] {
    if (firstOpen === null) return this.#stretches;
    const before = this.#stretches.filter(({ to }) => to <= firstOpen);
    const from = Math.min(firstOpen, this.#stretches[before.length]?.from ?? firstOpen);
    return [...before, { from, to: Math.max(from, until) }];
  }
}
