import { CompiledQuery, sql } from 'kysely';
import { createSharedRead } from '../runtime/shared-read.ts';
import type { Database } from './connection.ts';
import { isPostgres } from './engine.ts';

/**
 * Something whose changes are counted. Every write bumps the revision of its topic in its own transaction, so that this
 * and other processes know whether a cached value is still valid.
 */
export type Topic =
  | 'packages'
  | 'replays'
  | 'trials'
  | 'drift'
  | 'alerts'
  | `account:${string}`
  | `market:${string}`;

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
  if (!isPostgres(database)) return (...patterns) => readTogether(database, patterns);
  // A question to a server takes long enough that others arrive meanwhile.
  const read = createSharedRead((patterns: readonly TopicPattern[]) => readEach(database, patterns));
  return async (...patterns) => {
    const known = await read(...patterns);
    return patterns.map((pattern) => known.get(pattern)).join(' ');
  };
}

/** The first and the last topic of a pattern. */
function topicRange(pattern: TopicPattern): readonly [string, string] {
  return pattern.endsWith('*') ? [pattern.slice(0, -1), `${pattern.slice(0, -2)};`] : [pattern, pattern];
}

/** Sums of revisions: they never decrease, so equal sums mean equal revisions. */
async function readTogether(database: Database, patterns: readonly TopicPattern[]): Promise<string> {
  const sums = patterns.map(
    () => '(select coalesce(sum(revision), 0) from revisions where topic between ? and ?)',
  );
  // As text, because to build and compile this query takes longer than to run it.
  const query = CompiledQuery.raw(
    `select ${sums.join(` || ' ' || `)} as revisions`,
    patterns.flatMap(topicRange),
  );
  const { rows } = await database.executeQuery<{ revisions: string }>(
    query as CompiledQuery<{ revisions: string }>,
  );
  return String(rows[0]?.revisions);
}

/** The same as one statement for any number of patterns, which PostgreSQL has to prepare only once. */
async function readEach(
  database: Database,
  patterns: readonly TopicPattern[],
): Promise<ReadonlyMap<TopicPattern, number>> {
  const ranges = patterns.map(topicRange);
  const query = sql<{ sum: number }>`
    select (select coalesce(sum(revision), 0) from revisions where topic between first and last) as sum
    from unnest(${ranges.map(([first]) => first)}::text[], ${ranges.map(([, last]) => last)}::text[])
      with ordinality as pattern(first, last, position)
    order by position`;
  const { rows } = await query.execute(database);
  return new Map(patterns.map((pattern, index) => [pattern, rows[index]!.sum]));
}
