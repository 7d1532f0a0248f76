import type { Pool } from 'pg';

const pools = new Set<Pool>();

/** Makes `databasesIdle` watch the connections of a pool until the pool ends. */
export function watchPool(pool: Pool): Pool {
  pools.add(pool);
  const end = pool.end.bind(pool) as () => Promise<void>;
  return Object.assign(pool, {
    end: async () => {
      pools.delete(pool);
      await end();
    },
  });
}

/** Whether no query of a watched pool is under way: then all that waits for time to pass is asleep. */
export function databasesIdle(): boolean {
  return [...pools].every(
    ({ idleCount, totalCount, waitingCount }) => idleCount === totalCount && waitingCount === 0,
  );
}
