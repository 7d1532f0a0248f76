import { sql } from 'kysely';
import type { Database } from './connection.ts';

/**
 * What changes can be counted of. A write bumps the topic's revision in its own transaction, so that anybody, in this
 * process or another, can tell whether what was computed before is still true.
 */
export type Topic = 'packages' | 'replays' | `account:${string}` | `market:${string}`;

/** A topic, or all topics that begin with a prefix. */
export type TopicPattern = Topic | 'account:*' | 'market:*';

/** Reads revisions as one text: two equal texts mean that no topic of the patterns changed in between. */
export type ReadRevisions = (...patterns: readonly TopicPattern[]) => Promise<string>;

/** Counts one change of a topic. To be called in the transaction that changes it. */
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
    // Revisions only grow, so an equal sum means that none of them did.
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
