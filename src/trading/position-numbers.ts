/** What groups a lot with others. Times in ms; `closedAt` is null while it is open. */
export interface GroupedLot {
  /** Counts with every lot of an epoch. */
  readonly sequence: number;
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/**
 * The position of each lot, by the sequence of its first lot: a lot that opens at or after the close of every earlier lot
 * begins a position (statistics.md#5).
 * @param lots in the order opened
 * @param first position of the first lot, if it does not begin one
 */
export function positionNumbers(lots: readonly GroupedLot[], first?: number): number[] {
  let position = first ?? 0;
  let openUntil = first === undefined ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return lots.map(({ sequence, openedAt, closedAt }, index) => {
    if (openedAt >= openUntil || (index === 0 && first === undefined)) position = sequence;
    const until = closedAt ?? Number.POSITIVE_INFINITY;
    openUntil = index === 0 ? until : Math.max(openUntil, until);
    return position;
  });
}
