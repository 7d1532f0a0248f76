import type { Kysely } from 'kysely';
import { bumpRevision } from '../db/revisions.ts';
import type { Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import { type AlertKind, bodyOf, type DeliveryState, type NewAlert, type StoredAlert } from './alert.ts';

/** The state of an alert after an attempt to deliver it. */
export type AttemptResult = Pick<
  StoredAlert,
  'attempts' | 'nextAttemptAt' | 'deliveredAt' | 'lastStatus' | 'lastError'
>;

/** The rows of `alerts`. */
export interface AlertRepository {
  /**
   * Stores an alert; returns false when its id is stored already.
   * @param nextAttemptAt time of the first attempt to send it (ms); null without a receiver
   */
  insert(alert: NewAlert, createdAt: number, nextAttemptAt: number | null): Promise<boolean>;
  /** Gives a stored alert the text and the details of `current`; it stays the same alert, and is not sent again. */
  renew(
    stored: Pick<StoredAlert, 'id' | 'body' | 'createdAt'>,
    current: Pick<NewAlert, 'text' | 'details'>,
  ): Promise<void>;
  /** The newest alert of every subject. */
  newest(): Promise<ReadonlyMap<string, StoredAlert>>;
  /** The oldest unsent alert of every subject, in the order of their next attempts. */
  unsent(): Promise<StoredAlert[]>;
  /** Does nothing if another attempt on the alert was recorded meanwhile. */
  recordAttempt(alert: Pick<StoredAlert, 'id' | 'attempts'>, result: AttemptResult): Promise<void>;
  /** Newest first, after the alert with this sequence. */
  list(limit: number, after?: Pick<StoredAlert, 'sequence'>): Promise<StoredAlert[]>;
  counts(): Promise<AlertCount[]>;
}

/** The number of alerts of a kind and delivery state. */
export interface AlertCount {
  readonly kind: AlertKind;
  readonly state: DeliveryState;
  readonly count: number;
}

export function createAlertRepository(database: Kysely<Tables>): AlertRepository {
  const alerts = database
    .selectFrom('alerts')
    .select(['id', 'sequence', 'kind', 'subject', 'body', 'created_at as createdAt', 'attempts'])
    .select(['next_attempt_at as nextAttemptAt', 'delivered_at as deliveredAt'])
    .select(['last_status as lastStatus', 'last_error as lastError'])
    .$castTo<StoredAlert>();

  return {
    insert(alert, createdAt, nextAttemptAt) {
      return inTransaction(database, async (transaction) => {
        // No two alerts get the same sequence, and it is the order in which they become visible.
        await bumpRevision(transaction, 'alerts');
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto('alerts')
          .values(({ selectFrom }) => ({
            id: alert.id,
            sequence: selectFrom('alerts as known').select(({ fn, eb }) =>
              eb(fn.coalesce(fn.max('known.sequence'), eb.lit(0)), '+', eb.lit(1)).as('next'),
            ),
            kind: alert.kind,
            subject: alert.subject,
            body: bodyOf(alert, createdAt),
            created_at: createdAt,
            attempts: 0,
            next_attempt_at: nextAttemptAt,
            delivered_at: null,
            last_status: null,
            last_error: null,
          }))
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n;
      });
    },

    async renew({ id, body, createdAt }, { text, details }) {
      const stored = JSON.parse(body) as NewAlert;
      const renewed = bodyOf({ ...stored, text, details }, createdAt);
      if (renewed === body) return;
      await database.updateTable('alerts').set({ body: renewed }).where('id', '=', id).execute();
    },

    async newest() {
      const newest = database
        .selectFrom('alerts')
        .select(({ fn }) => fn.max('sequence').as('newest'))
        .groupBy('subject');
      const rows = await alerts.where('sequence', 'in', newest).execute();
      return new Map(rows.map((alert) => [alert.subject, alert]));
    },

    unsent() {
      const oldestUnsent = database
        .selectFrom('alerts')
        .select(({ fn }) => fn.min('sequence').as('oldest'))
        .where('next_attempt_at', 'is not', null)
        .groupBy('subject');
      const query = alerts.where('sequence', 'in', oldestUnsent);
      return query.orderBy('next_attempt_at').orderBy('sequence').execute();
    },

    async recordAttempt(
      { id, attempts: before },
      { attempts, nextAttemptAt, deliveredAt, lastStatus, lastError },
    ) {
      await database
        .updateTable('alerts')
        .set({
          attempts,
          next_attempt_at: nextAttemptAt,
          delivered_at: deliveredAt,
          last_status: lastStatus,
          last_error: lastError,
        })
        .where('id', '=', id)
        .where('attempts', '=', before)
        .where('next_attempt_at', 'is not', null)
        .execute();
    },

    list(limit, after) {
      const before = after?.sequence ?? Number.MAX_SAFE_INTEGER;
      return alerts.where('sequence', '<', before).orderBy('sequence', 'desc').limit(limit).execute();
    },

    async counts() {
      const rows = await database
        .selectFrom('alerts')
        .select(({ fn, eb }) => [
          'kind',
          eb
            .case()
            .when('delivered_at', 'is not', null)
            .then<DeliveryState>('delivered')
            .when('next_attempt_at', 'is not', null)
            .then<DeliveryState>('pending')
            .when('attempts', '>', 0)
            .then<DeliveryState>('given up')
            .else<DeliveryState>('off')
            .end()
            .as('state'),
          fn.countAll<number>().as('count'),
        ])
        .groupBy(['kind', 'state'])
        .execute();
      return rows.map(({ kind, state, count }) => ({ kind: kind as AlertKind, state, count }));
    },
  };
}
