import { CompiledQuery, type KyselyPlugin } from 'kysely';
import type { Database } from '../../src/db/connection.ts';
import { isPostgres } from '../../src/db/engine.ts';

export interface QueryPlan {
  readonly sql: string;
  readonly plan: string;
}

/** A store that notes the queries that it is asked, and how its engine carries them out. */
export function withQueryPlans(database: Database): {
  readonly noted: Database;
  /** The plans of the queries since the last call. */
  readonly plans: () => Promise<QueryPlan[]>;
} {
  let queries: CompiledQuery[] = [];
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      queries.push(database.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const explain = isPostgres(database) ? 'explain' : 'explain query plan';
  return {
    noted: database.withPlugin(plugin) as Database,
    async plans() {
      const asked = queries;
      queries = [];
      const plans: QueryPlan[] = [];
      for (const { sql, parameters } of asked) {
        const { rows } = await database.executeQuery(CompiledQuery.raw(`${explain} ${sql}`, [...parameters]));
        plans.push({ sql, plan: rows.map((row) => JSON.stringify(row)).join('\n') });
      }
      return plans;
    },
  };
}
