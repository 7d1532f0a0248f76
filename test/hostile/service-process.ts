import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadRecording } from '../../simulator/recording.ts';
import { startRecordedExchange } from '../../simulator/server.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { type ServiceProcess, startServiceProcess } from '../helper/process.ts';

/** A service in a process of its own over a recorded market, that can be ended and started again on its folder. */
export interface RunningService {
  readonly folder: string;
  readonly packages: string;
  readonly database: string;
  /** The process at the moment. */
  readonly process: ServiceProcess;
  readonly url: string;
  start(env?: NodeJS.ProcessEnv): Promise<ServiceProcess>;
  remove(): Promise<void>;
}

/** @param folder where it keeps its store and its packages; one of its own unless given */
export async function prepareService(folder?: string): Promise<RunningService> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'paperdesk-hostile-')));
  const recording = await loadRecording(join(PROJECT_ROOT, 'recording'));
  const exchange = await startRecordedExchange({ recording, clock: Date.now });
  const packages = join(home, 'packages');
  const database = join(home, 'paperdesk.sqlite');
  let running: ServiceProcess | undefined;
  const now = () => {
    if (running === undefined) throw new Error('The service was not started.');
    return running;
  };
  return {
    folder: home,
    packages,
    database,
    get process() {
      return now();
    },
    get url() {
      return now().url;
    },
    async start(env = {}) {
      running = await startServiceProcess({
        DATABASE_URL: `file:${database}`,
        MODEL_PACKAGES_DIR: packages,
        MODEL_MANAGER_CACHE_DIR: join(home, 'factor-models'),
        EXCHANGE_REST_URL: exchange.restUrl,
        EXCHANGE_WS_URL: exchange.wsUrl,
        MARKET_SOURCE: 'recorded',
        ...env,
      });
      return running;
    },
    async remove() {
      await running?.end('SIGKILL');
      await exchange.close();
      if (folder === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}

/** Open files and sockets of a process. */
export function handlesOf(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Resident memory of a process, MB. */
export function residentOf(pid: number | undefined): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) / 1024;
}

/** Waits until `check` holds; fails with `what` when it takes much longer than it ever should. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> {
  const limit = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (Date.now() > limit) throw new Error(`After ${seconds} s still not: ${what}.`);
    await delay(50);
  }
}

/** Makes a service token in the store of a service, by the command that people use. */
export function makeToken({ database }: Pick<RunningService, 'database'>, name: string): string {
  const command = join(PROJECT_ROOT, 'dist', 'src', 'cli', 'token.js');
  return execFileSync(process.execPath, [command, 'create', name], {
    env: { ...process.env, DATABASE_URL: `file:${database}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .toString()
    .trim();
}

/** A connection on which anything can be said. */
export async function connectTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes as they are and answers what came back until the other side closed, or said nothing for 5 s. */
export async function exchangeBytes(url: string, request: string | Buffer): Promise<string> {
  const socket = await connectTo(url);
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1');
  });
  const closed = once(socket, 'close');
  socket.setTimeout(5000, () => socket.destroy());
  socket.write(request);
  await closed;
  return answer;
}
