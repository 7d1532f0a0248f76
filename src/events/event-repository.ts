import { type Kysely, sql } from 'kysely';
import type { Row, Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';

/** An event before it has an id. Node and sequence identify it. */
export interface NewEvent {
  readonly node: string;
  readonly sequence: number;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type EventRepository = ReturnType<typeof createEventRepository>;

/** The channel on which nodes learn the newest id. */
export const EVENT_CHANNEL = 'paperdesk_events';

/** Events that are stored for nodes and clients that reconnect. */
export const MAX_STORED_EVENTS = 5000;

/** Any number that no other lock of the service has: two events do not get ids at the same time. */
const LOCK = 4_510_045;

/** The rows of `events`. @param database PostgreSQL */
export function createEventRepository(database: Kysely<Tables>) {
  return {
    /** 0 without events. */
    newestId: () => newestId(database),

    /**
     * The events after the one with this id (0: all), `limit` of them at most; undefined if some of them are no longer
     * stored.
     */
    async after(id: number, limit: number): Promise<Row<'events'>[] | undefined> {
      const query = database.selectFrom('events').selectAll().where('id', '>=', id).orderBy('id');
      const rows = await query.limit(limit + 1).execute();
      const [first] = rows;
      if (id === 0) return first === undefined || first.id === 1 ? rows.slice(0, limit) : undefined;
      return first?.id === id ? rows.slice(1) : undefined;
    },

    /**
     * Stores events and tells all nodes. Events that are stored already, because an answer of the database was lost, are
     * not stored again.
     */
    async append(events: readonly NewEvent[]): Promise<void> {
      await inTransaction(database, async (transaction) => {
        // Held until the end of the transaction: ids become visible in their order.
        await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(transaction);
        // The newest event is never removed.
        const newest = await newestId(transaction);
        await transaction
          .insertInto('events')
          .values(
            events.map(({ data, ...event }, index) => ({
              ...event,
              id: newest + 1 + index,
              data: JSON.stringify(data),
            })),
          )
          .onConflict((conflict) => conflict.columns(['node', 'sequence']).doNothing())
          .execute();
        const last = newest + events.length;
        await transaction
          .deleteFrom('events')
          .where('id', '<=', last - MAX_STORED_EVENTS)
          .execute();
        await sql`select pg_notify(${EVENT_CHANNEL}, ${String(last)})`.execute(transaction);
      });
    },
  };
}

async function newestId(database: Kysely<Tables>): Promise<number> {
  const { id } = await database
    .selectFrom('events')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirstOrThrow();
  return id ?? 0;
}
