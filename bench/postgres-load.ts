import pg from 'pg';
import { processorMs } from './built-service.ts';

/** Processor time of a PostgreSQL server of this machine. */
export interface PostgresLoad {
  /** Of all its processes until now, ms. */
  processorMs(): Promise<number>;
  close(): Promise<void>;
}

/** @param url of a database of the server, with a role that may see all its connections */
export async function watchPostgres(url: string): Promise<PostgresLoad> {
  const client = new pg.Client(url);
  await client.connect();
  /** By process; those that have ended keep their last value. */
  const times = new Map<number, number>();
  return {
    async processorMs() {
      const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity');
      for (const { pid } of rows) times.set(pid, processorMs(pid) ?? times.get(pid) ?? 0);
      return [...times.values()].reduce((sum, ms) => sum + ms, 0);
    },
    close: () => client.end(),
  };
}
