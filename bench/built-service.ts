import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
  close(): Promise<void>;
}

let isBuilt = false;

/** Starts the recorded exchange that the service connects to. */
export async function startExchange(): Promise<RecordedExchange> {
  return startRecordedExchange({
    recording: await loadRecording(join(PROJECT_ROOT, 'recording')),
    clock: Date.now,
  });
}

/** Starts the built service on the store in `folder` and waits for its first answer. */
export async function startBuiltService(folder: string, exchange: RecordedExchange): Promise<BuiltService> {
  if (!isBuilt) execFileSync(process.execPath, ['scripts/build.js'], { cwd: PROJECT_ROOT });
  isBuilt = true;
  const port = await freePort();
  const start = performance.now();
  const child = spawn(process.execPath, ['dist/src/server.js'], {
    cwd: PROJECT_ROOT,
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
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Repeats a request until `isThere` accepts the answer, which it returns. */
export async function askUntil<T>(url: string, isThere: (body: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await fetch(url);
    const body = (await answer.json()) as T;
    if (answer.ok && isThere(body)) return body;
    await delay(5);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
