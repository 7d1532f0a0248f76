import { inject, onTestFinished } from 'vitest';
import type { Database } from '../../src/db/connection.ts';
import { openDatabase } from '../../src/db/open-database.ts';
import { createTestDatabase } from './postgres-databases.ts';

/** An empty PostgreSQL store that several nodes have open, each with connections of its own; closed after the test. */
export async function openSharedStore(
  nodes: number,
): Promise<{ readonly url: string; readonly databases: readonly Database[] }> {
  const { url, drop } = await createTestDatabase(inject('postgresUrl') as string);
  const databases: Database[] = [];
  onTestFinished(async () => {
    for (const database of databases) await database.destroy();
    await drop();
  });
  for (let node = 0; node < nodes; node += 1) {
    databases.push(await openDatabase({ kind: 'postgres', url }, { connections: 4 }));
  }
  return { url, databases };
}
