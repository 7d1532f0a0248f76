import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRecordedExchange } from '../../simulator/server.ts';
import { testRecording } from './market.ts';
import { type ServiceProcess, startServiceProcess } from './process.ts';
import { warmSqliteStore } from './warm-store.ts';

/** A built service on the recorded exchange, in a child process that tests can end and start again. */
export interface RestartableService {
  /** Holds the database and the packages. */
  readonly folder: string;
  readonly packages: string;
  readonly database: string;
  /** Where the recorded exchange answers. */
  readonly exchangeUrl: string;
  /** The process started last. */
  readonly process: ServiceProcess;
  readonly url: string;
  /** @param under a program that runs it (see `startServiceProcess`) */
  start(env?: NodeJS.ProcessEnv, under?: readonly string[]): Promise<ServiceProcess>;
  /** Kills the process and deletes its files. */
  remove(): Promise<void>;
}

export interface RestartableServiceOptions {
  /** For database and packages; a temporary one by default, which `remove` deletes. */
  readonly folder?: string;
  /** Makes no store, so that the default package is warmed up; by default it is warm. A store in the folder stays. */
  readonly isFirstStart?: boolean;
}

export async function prepareService(options: RestartableServiceOptions = {}): Promise<RestartableService> {
  const { folder, isFirstStart = false } = options;
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'paperdesk-service-')));
  const recording = await testRecording();
  const exchange = await startRecordedExchange({ recording, clock: Date.now });
  const packages = join(home, 'packages');
  const database = join(home, 'paperdesk.sqlite');
  if (!isFirstStart && !existsSync(database)) await writeFile(database, await warmSqliteStore());
  let running: ServiceProcess | undefined;
  const current = () => {
    if (running === undefined) throw new Error('The service was not started.');
    return running;
  };
  return {
    folder: home,
    packages,
    database,
    exchangeUrl: exchange.restUrl,
    get process() {
      return current();
    },
    get url() {
      return current().url;
    },
    async start(env = {}, under = []) {
      const settings = {
        DATABASE_URL: `file:${database}`,
        MODEL_PACKAGES_DIR: packages,
        MODEL_MANAGER_CACHE_DIR: join(home, 'factor-models'),
        EXCHANGE_REST_URL: exchange.restUrl,
        EXCHANGE_WS_URL: exchange.wsUrl,
        MARKET_SOURCE: 'recorded',
        ...env,
      };
      running = await startServiceProcess(settings, undefined, under);
      return running;
    },
    async remove() {
      await running?.end('SIGKILL');
      await exchange.close();
      if (folder === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}
