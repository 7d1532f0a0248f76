import type { Client, PoolClient } from 'pg';
import { databaseFault } from '../database-fault.ts';

/**
 * Closes a connection of a pool once a query is not answered in time. pg would keep it, and every later query would wait
 * behind the one without an answer.
 */
export function closeWhenSilent(poolClient: PoolClient): void {
  const client = poolClient as PoolClient & Pick<Client, 'end'>;
  const query = client.query.bind(client) as (...values: unknown[]) => unknown;
  client.query = ((...values: unknown[]) => {
    const answer = query(...values);
    if (answer instanceof Promise)
      answer.catch((error: unknown) => {
        if (databaseFault(error) === 'lost') client.end().catch(() => {});
      });
    return answer;
  }) as typeof client.query;
}
