import { sql } from 'kysely';
import type { Database } from './connection.ts';

/**
 * Something whose changes are counted. Every write bumps the revision of its topic in its own transaction, so that this
 * and other processes know whether a cached value is still valid.
 */
export type Topic = 'packages' | 'replays' | 'alerts' | `account:${string}` | `market:${string}`;

/** A topic, or all topics with a prefix. */
export type TopicPattern = Topic | 'account:*' | 'market:*';

/** Reads the revisions of topics as one text; equal texts mean that none of the topics changed in between. */
export type ReadRevisions = (...patterns: readonly TopicPattern[]) => Promise<string>;

/**
 * Counts a change of a topic. Call it in the transaction of the change. Until that ends, other transactions wait that change
 * the same topic: one that reads before it writes calls this first.
 */
export async function bumpRevision(transaction: Database, topic: Topic): Promise<void> {
  await transaction
    .insertInto('revisions')
    .values({ topic, revision: 1 })
    .onConflict((conflict) =>
      conflict.column('topic').doUpdateSet({ revision: sql<number>`revisions.revision + 1` }),
    )
    .execute();
}

export function createReadRevisions(database: Database): ReadRevisions {
  return async (...patterns) => {
    // Revisions never decrease, so equal sums mean equal revisions.
    const sums = patterns.map((pattern) =>
      pattern.endsWith('*')
        ? sql`(select coalesce(sum(revision), 0) from revisions
               where topic >= ${pattern.slice(0, -1)} and topic < ${`${pattern.slice(0, -2)};`})`
        : sql`(select coalesce(sum(revision), 0) from revisions where topic = ${pattern})`,
    );
    const query = sql<{ revisions: string }>`select ${sql.join(sums, sql` || ' ' || `)} as revisions`;
    const { rows } = await query.execute(database);
    return String(rows[0]?.revisions);
  };
}
