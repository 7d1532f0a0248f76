import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** The database that others are copied from: it has the latest schema, and the tables of jobs. */
export const TEMPLATE = 'paperdesk_template';
/** The same with a default package that is marked as warm. */
export const WARM_TEMPLATE = 'paperdesk_warm_template';

/** The URL of another database of the same server. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Connections stay open: each is a process of the server, which costs more to start than a database to create. */
const pools = new Map<string, pg.Pool>();

function serverPool(serverUrl: string): pg.Pool {
  const known = pools.get(serverUrl);
  if (known !== undefined) return known;
  const pool = new pg.Pool({
    connectionString: serverUrl,
    ...{ max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true },
  });
  // The server may end first.
  pool.on('error', () => {});
  pools.set(serverUrl, pool);
  return pool;
}

/** Creates a database with the latest schema. @returns its URL, and a function that deletes it */
export async function createTestDatabase(
  serverUrl: string,
  template: string | undefined = TEMPLATE,
): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const server = serverPool(serverUrl);
  // Copying files takes half the time of the default, which also writes them to the log.
  await server.query(`create database ${name} template ${template} strategy file_copy`);
  return {
    url: urlOfDatabase(serverUrl, name),
    drop: async () => void (await server.query(`drop database if exists ${name} with (force)`)),
  };
}

/** Runs a statement in the database of `serverUrl`. */
export async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
