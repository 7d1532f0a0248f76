import type { Database } from '../db/connection.ts';
import type { ClosedLot, Lot } from '../trading/lot.ts';
import { positionNumbers } from '../trading/position-numbers.ts';

/** The lots of a change. */
export interface ChangedLots {
  readonly opened: readonly Lot[];
  readonly closed: readonly ClosedLot[];
  /** Of the opened lots, by their ids. */
  readonly sequences: ReadonlyMap<string | null, number>;
}

/**
 * The positions of lots that a change opened, by their ids. A lot that opened at the moment at which the lots before it turn
 * out to have closed, at the open of the same candle, gets a position of its own.
 * @param before the lots that were open before the change
 */
export async function positionsAfter(
  transaction: Database,
  before: readonly Lot[],
  { opened, closed, sequences }: ChangedLots,
): Promise<ReadonlyMap<string, number>> {
  const endsWhereAnotherBegan = closed.some(({ closedAt }) =>
    before.some(({ openedAt }) => openedAt === closedAt),
  );
  if (opened.length === 0 && !endsWhereAnotherBegan) return new Map();
  const stored = await storedPositions(transaction, before);
  const closedAt = new Map(closed.map((lot) => [lot.id, lot.closedAt]));
  const lots = [...before, ...opened].map(({ id, openedAt }) => ({
    ...{ id, openedAt, closedAt: closedAt.get(id) ?? null },
    sequence: stored.get(id)?.sequence ?? sequences.get(id) ?? 0,
  }));
  const first = lots[0] && stored.get(lots[0].id)?.position;
  const numbers = positionNumbers(lots, first);
  const positions = new Map(lots.map(({ id }, index) => [id, numbers[index] as number]));
  for (const [id, known] of stored) {
    const position = positions.get(id) as number;
    if (position === known.position) continue;
    await transaction.updateTable('paper_lots').set({ position }).where('id', '=', id).execute();
  }
  return positions;
}

async function storedPositions(transaction: Database, lots: readonly Lot[]) {
  if (lots.length === 0) return new Map();
  const ids = lots.map(({ id }) => id);
  const rows = await transaction
    .selectFrom('paper_lots')
    .select(['id', 'sequence', 'position'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}
