import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { LRUCache } from 'lru-cache';
import pg, { type Pool, type PoolClient } from 'pg';

/** A connection keeps its statements, of about 30 kB each. The service uses about a hundred of them often. */
const MAX_NAMES = 200;
/** Longer statements insert many rows; their text differs with the number of rows. */
const MAX_SQL_LENGTH = 2000;
/** Rare statements get no name. */
const USES_BEFORE_A_NAME = 3;
const MAX_COUNTED = 1000;

const NAMEABLE = /^\s*(select|with|insert|update|delete)\b/i;

/**
 * Has PostgreSQL parse and plan a statement once per connection instead of every time: the read that each poll begins
 * with takes half of its time (bench/cluster.ts).
 */
export function withNamedStatements(pool: Pool): PostgresPool {
  const names = createNames();
  // Kysely knows a connection by its object.
  const clients = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const known = clients.get(client) ?? namingClient(client, names);
      clients.set(client, known);
      return known;
    },
  };
}

type Names = ReturnType<typeof createNames>;

function namingClient(client: PoolClient, names: Names): PostgresPoolClient {
  async function query(text: string, values: readonly unknown[]) {
    const name = names.of(text);
    if (name === undefined) return client.query(text, [...values]);
    try {
      return await client.query({ name, text, values: [...values] });
    } catch (error) {
      if (!isOutdatedPlan(error)) throw error;
      names.renew();
      // In a transaction nothing works any more after an error; the caller that began it repeats it.
      return client.query(text, [...values]).catch(() => {
        throw error;
      });
    }
  }
  // The other form of `query` takes cursors, and the dialect has none.
  return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release() };
}

/** Whether a named statement has other columns since a newer version of the program changed the schema. */
function isOutdatedPlan(error: unknown): boolean {
  // Messages are in the language of the server.
  return error instanceof pg.DatabaseError && error.routine === 'RevalidateCachedQuery';
}

function createNames() {
  const uses = new LRUCache<string, number>({ max: MAX_COUNTED });
  const names = new Map<string, string>();
  let created = 0;
  return {
    /** The name of a statement, undefined for one that has none. */
    of(text: string): string | undefined {
      const known = names.get(text);
      if (known !== undefined || names.size >= MAX_NAMES) return known;
      if (text.length > MAX_SQL_LENGTH || !NAMEABLE.test(text)) return undefined;
      const count = (uses.get(text) ?? 0) + 1;
      uses.set(text, count);
      if (count < USES_BEFORE_A_NAME) return undefined;
      created += 1;
      const name = `s${created}`;
      names.set(text, name);
      return name;
    },
    /** Gives other names from now on. */
    renew(): void {
      names.clear();
    },
  };
}
