import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../simulator/free-port.ts';
import { loadRecording } from '../simulator/recording.ts';
import { type RecordedExchange, startRecordedExchange } from '../simulator/server.ts';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';

/** The built service in its own process, as in production. */
export interface BuiltService {
  readonly address: string;
  /** From its start to its first answer, ms. */
  readonly firstAnswerMs: number;
  /** From its start to now, ms. */
  sinceStart(): number;
  /** Private memory of the service's process, MB; 0 if the system does not report it. */
  privateMb(): number;
  /** Processor time of the service's process since its start, ms. */
  processorMs(): number;
  close(): Promise<void>;
}

export interface BuiltServiceOptions {
  /** Folder of the program; this project by default. */
  readonly program?: string;
  /** Settings besides the usual ones. */
  readonly env?: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
  /** The core that it may use, counted from 0; all by default. */
  readonly core?: number;
}

const built = new Set<string>();

/** Starts the recorded exchange that the service connects to. */
export async function startExchange(): Promise<RecordedExchange> {
  return startRecordedExchange({
    recording: await loadRecording(join(PROJECT_ROOT, 'recording')),
    clock: Date.now,
  });
}

/** Starts the built service, by default on the SQLite store in `folder`, and waits for its first answer. */
export async function startBuiltService(
  folder: string,
  exchange: RecordedExchange,
  { program = PROJECT_ROOT, env = {}, args = [], core }: BuiltServiceOptions = {},
): Promise<BuiltService> {
  if (!built.has(program)) execFileSync(process.execPath, ['scripts/build.js'], { cwd: program });
  built.add(program);
  const port = await freePort();
  const start = performance.now();
  const command = [process.execPath, 'dist/src/server.js', ...args];
  const pinned = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  const child = spawn(pinned[0]!, pinned.slice(1), {
    cwd: program,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      MODEL_MANAGER_HTTP_PORT: String(port),
      DATABASE_URL: `file:${join(folder, 'paperdesk.sqlite')}`,
      MODEL_PACKAGES_DIR: join(folder, 'packages'),
      MODEL_MANAGER_CACHE_DIR: join(folder, 'factor-models'),
      EXCHANGE_REST_URL: exchange.restUrl,
      EXCHANGE_WS_URL: exchange.wsUrl,
      MARKET_SOURCE: 'recorded',
      LOG_LEVEL: 'error',
      ...env,
    },
  });
  const address = `http://127.0.0.1:${port}`;
  while (!(await answers(`${address}/health`))) {
    if (child.exitCode !== null) throw new Error(`The service ended with exit code ${child.exitCode}.`);
    await delay(2);
  }
  return {
    address,
    firstAnswerMs: performance.now() - start,
    sinceStart: () => performance.now() - start,
    privateMb() {
      const status = `/proc/${child.pid}/status`;
      if (!existsSync(status)) return 0;
      return Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024;
    },
    processorMs: () => processorMs(child.pid!) ?? 0,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Processor time of a process and its threads since its start, ms; undefined when it has ended. */
export function processorMs(pid: number): number | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  // The name of the program, in parentheses, may have spaces.
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Repeats a request until `isThere` accepts the answer, which it returns. */
export async function askUntil<T>(url: string, isThere: (body: T) => boolean, pauseMs = 5): Promise<T> {
  for (;;) {
    const answer = await fetch(url);
    const body = (await answer.json()) as T;
    if (answer.ok && isThere(body)) return body;
    await delay(pauseMs);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
