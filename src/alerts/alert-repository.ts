import type { Kysely } from 'kysely';
import type { Row, Tables } from '../db/tables.ts';
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
  /** The newest alert of every subject. */
  newest(): Promise<ReadonlyMap<string, Pick<StoredAlert, 'id' | 'kind'>>>;
  /** The alert to send next: of each subject, only the oldest unsent one is considered. */
  next(): Promise<StoredAlert | undefined>;
  recordAttempt(id: string, result: AttemptResult): Promise<void>;
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
  return {
    async insert(alert, createdAt, nextAttemptAt) {
      const { numInsertedOrUpdatedRows } = await database
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
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },

    async newest() {
      const rows = await database
        .selectFrom('alerts')
        .select(['id', 'kind', 'subject'])
        .where('sequence', 'in', (query) =>
          query
            .selectFrom('alerts')
            .select(({ fn }) => fn.max('sequence').as('newest'))
            .groupBy('subject'),
        )
        .execute();
      return new Map(rows.map(({ id, kind, subject }) => [subject, { id, kind: kind as AlertKind }]));
    },

    async next() {
      const row = await database
        .selectFrom('alerts')
        .selectAll()
        .where('sequence', 'in', (query) =>
          query
            .selectFrom('alerts')
            .select(({ fn }) => fn.min('sequence').as('oldest'))
            .where('next_attempt_at', 'is not', null)
            .groupBy('subject'),
        )
        .orderBy('next_attempt_at')
        .orderBy('sequence')
        .limit(1)
        .executeTakeFirst();
      return row && alertOf(row);
    },

    async recordAttempt(id, { attempts, nextAttemptAt, deliveredAt, lastStatus, lastError }) {
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
        .execute();
    },

    async list(limit, after) {
      const query = database.selectFrom('alerts').selectAll().orderBy('sequence', 'desc').limit(limit);
      const rows = await (after === undefined
        ? query
        : query.where('sequence', '<', after.sequence)
      ).execute();
      return rows.map(alertOf);
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

function alertOf(row: Row<'alerts'>): StoredAlert {
  return {
    id: row.id,
    sequence: row.sequence,
    kind: row.kind as AlertKind,
    subject: row.subject,
    body: row.body,
    createdAt: row.created_at,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    deliveredAt: row.delivered_at,
    lastStatus: row.last_status,
    lastError: row.last_error,
  };
}
