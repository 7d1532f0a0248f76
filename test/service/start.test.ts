// promise: docs/security.md "Files are private"
// promise: docs/operations.md "data/paperdesk.sqlite ("
// promise: docs/operations.md "data/paperdesk.sqlite.lock"

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/db/open-database.ts';
import { lockFile } from '../../src/db/sqlite/lock-file.ts';
import { SQLITE_LIBRARY } from '../../src/db/sqlite/sqlite-library.ts';
import { claimStore } from '../../src/market/store/store-source-repository.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { startService } from '../../src/service.ts';

let folder: string;
/** Accepts connections and never answers. */
let silent: Server;
let port: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-start-'));
  silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  port = (silent.address() as AddressInfo).port;
  await writeFile(join(folder, 'file'), 'not a folder, and not a store');
});
afterAll(async () => {
  silent.close();
  await rm(folder, { recursive: true, force: true });
});

/** Settings of a service of its own; the exchange is never asked before it has started. */
function settings(name: string, more: NodeJS.ProcessEnv = {}) {
  return {
    LOG_LEVEL: 'silent',
    MODEL_MANAGER_HTTP_PORT: '0',
    DATABASE_URL: `file:${join(folder, name, 'store.sqlite')}`,
    MODEL_PACKAGES_DIR: join(folder, name, 'packages'),
    MODEL_MANAGER_CACHE_DIR: join(folder, name, 'factor-models'),
    EXCHANGE_REST_URL: 'http://127.0.0.1:1',
    EXCHANGE_WS_URL: 'ws://127.0.0.1:1',
    MARKET_SOURCE: 'recorded',
    ...more,
  };
}

const start = (env: NodeJS.ProcessEnv) => startService(readConfig(env, []));

async function marketOf(name: string): Promise<string | undefined> {
  const database = await openDatabase({ kind: 'sqlite', file: join(folder, name, 'store.sqlite') });
  const row = await database
    .selectFrom('store_facts')
    .select('value')
    .where('key', '=', 'market_source')
    .executeTakeFirst();
  await database.destroy();
  return row?.value;
}

describe('a start that is refused says why in a sentence, with what to do, and claims nothing', () => {
  test.each<[string, () => NodeJS.ProcessEnv, RegExp]>([
    [
      'the port is taken',
      () => ({ MODEL_MANAGER_HTTP_PORT: String(port) }),
      /^The service cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\): another process .* \(--web-port\)\.$/,
    ],
    [
      'the address is of another machine',
      () => ({ MODEL_MANAGER_HTTP_HOST: '203.0.113.7' }),
      /^The service cannot listen on 203\.0\.113\.7:0 \(EADDRNOTAVAIL\): this machine does not have the address\. Set/,
    ],
    [
      'the address has a port',
      () => ({ MODEL_MANAGER_HTTP_HOST: '127.0.0.1:80' }),
      /^The service cannot listen on 127\.0\.0\.1:80:0 \(\w+\): it is not an address of this machine\. Set/,
    ],
    [
      'the store is below a file',
      () => ({ DATABASE_URL: join(folder, 'file', 'store.sqlite') }),
      /\/file\/store\.sqlite cannot be opened: .*The user of this process must be able to write/,
    ],
    [
      'the store is another file',
      () => ({ DATABASE_URL: join(folder, 'file') }),
      /\/file cannot be opened: .* no SQLite file/,
    ],
    [
      'the packages are below a file',
      () => ({ MODEL_PACKAGES_DIR: join(folder, 'file', 'packages') }),
      /cannot write the folder of packages .*\/file\/packages \(\w+\): change its owner/,
    ],
    [
      'the cache of factor models is where the service cannot write',
      () => ({ MODEL_MANAGER_CACHE_DIR: '/sys/none/factors' }),
      /cannot write the folder of cached factor models \/sys\/none\/factors \(\w+\): change its owner/,
    ],
    [
      'there is no PostgreSQL',
      () => ({ DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/desk' }),
      /^postgres:\/\/127\.0\.0\.1:1\/desk cannot be opened: .*Start PostgreSQL there, or correct DATABASE_URL\.$/,
    ],
  ])('%s', async (_name, mistake, words) => {
    const error = (await start(
      settings('refused', { MODEL_MANAGER_HTTP_HOST: '127.0.0.1', ...mistake() }),
    ).catch((one: unknown) => one)) as Error;
    expect(error.message).toMatch(words);
    expect(error.message).not.toMatch(/secret|\n/);
    expect(['PaperdeskError', 'StartError']).toContain(error.name);
    expect(await marketOf('refused')).toBeUndefined();
  });

  test('the store holds another market', async () => {
    await mkdir(join(folder, 'other'));
    const database = await openDatabase({ kind: 'sqlite', file: join(folder, 'other', 'store.sqlite') });
    await claimStore(database, { exchange: 'binanceusdm', kind: 'live' });
    await database.destroy();
    await expect(start(settings('other'))).rejects.toThrow(
      /\/other\/store\.sqlite: This store holds the market "live binanceusdm"/,
    );
  });
});

test('a second service on a store, or on its packages, says so and removes nothing; the next one after it starts', async () => {
  const first = await start(settings('one', { MODEL_MANAGER_HTTP_HOST: '[::1]' }));
  expect(first.address).toMatch(/^http:\/\/\[::1\]:\d+$/);
  const upload = join(folder, 'one', 'packages', '.staging', 'upload_of_the_first');
  await mkdir(upload, { recursive: true });
  await writeFile(join(upload, 'part'), 'half');

  await expect(start(settings('one'))).rejects.toThrow(
    /^Another service uses the store .*\/one\/store\.sqlite\. Stop it first/,
  );
  const elsewhere = { DATABASE_URL: `file:${join(folder, 'two', 'store.sqlite')}` };
  await expect(start(settings('one', elsewhere))).rejects.toThrow(
    /^Another service uses the folder of packages/,
  );
  expect(await readFile(join(upload, 'part'), 'utf8')).toBe('half');
  await first.close();

  const next = await start(settings('one'));
  await expect(readFile(join(upload, 'part'))).rejects.toThrow('ENOENT');
  await next.close();
  expect(await marketOf('one')).toBe('recorded binanceusdm');
});

test('a service that starts ends at SIGTERM, also as process 1 where users may have namespaces', async () => {
  const connected = once(silent, 'connection');
  const namespace = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--mount-proc'];
  const isProcess1 = spawnSync(namespace[0]!, [...namespace.slice(1), 'true']).status === 0;
  const server = join(PROJECT_ROOT, 'dist', 'src', 'server.js');
  const [command = '', ...args] = [...(isProcess1 ? namespace : []), process.execPath, server];
  const env = settings('waiting', { DATABASE_URL: `postgres://me@127.0.0.1:${port}/desk` });
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  const ended = once(child, 'exit');
  await connected;
  const inside = isProcess1
    ? await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    : child.pid;
  process.kill(Number(inside), 'SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('a lock ends with its process, also by kill -9', async () => {
  const path = join(folder, 'crashed.lock');
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import Database from '${SQLITE_LIBRARY}';
       const lock = new Database(${JSON.stringify(path)});
       lock.exec('BEGIN EXCLUSIVE');
       process.stdout.write('locked');
       setInterval(() => lock.open, 1000);`,
    ],
    { cwd: PROJECT_ROOT },
  );
  await once(holder.stdout, 'data');
  expect(() => lockFile(path)).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }));
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  lockFile(path)();
});

describe('store, packages and caches are accessible to their owner only', () => {
  /** Everything below a folder that others can reach. */
  async function openToOthers(name: string): Promise<string[]> {
    const names = await readdir(join(folder, name), { recursive: true });
    const modes = await Promise.all(names.map(async (one) => (await stat(join(folder, name, one))).mode));
    return names.filter((_, index) => (modes[index]! & 0o077) !== 0);
  }

  test('in a new installation', async () => {
    process.umask(0o022);
    const service = await start(settings('private'));
    const open = await openToOthers('private');
    await service.close();
    expect(open).toEqual([]);
  });

  test('in one that was open to others; what its links lead to stays as it is', async () => {
    process.umask(0o022);
    await (await start(settings('opened'))).close();
    const packages = join(folder, 'opened', 'packages');
    const cache = join(folder, 'opened', 'factor-models');
    for (const path of [join(packages, 'alpha'), cache]) await mkdir(path, { recursive: true });
    for (const path of [join(packages, 'alpha', 'forecast_model.pt'), join(cache, 'cached')])
      await writeFile(path, 'content');
    await symlink(join(folder, 'file'), join(packages, 'alpha', 'link'));
    await chmod(join(folder, 'file'), 0o644);
    for (const name of ['.', ...(await readdir(join(folder, 'opened'), { recursive: true }))]) {
      const path = join(folder, 'opened', name);
      if (!name.endsWith('link')) await chmod(path, (await stat(path)).isDirectory() ? 0o755 : 0o644);
    }
    expect((await openToOthers('opened')).length).toBeGreaterThan(5);
    const service = await start(settings('opened'));
    const open = await openToOthers('opened');
    await service.close();
    expect(open).toEqual([join('packages', 'alpha', 'link')]);
  });
});
