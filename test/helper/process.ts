import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

/** A service in a process of its own, as a person starts it. */
export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it has written so far. */
  output(): string;
  /** Ends it with a signal and waits until it is gone; answers its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the built service with these settings, on a free port unless one is given, and waits until it answers. */
export async function startServiceProcess(env: NodeJS.ProcessEnv, onPort?: number): Promise<ServiceProcess> {
  const port = onPort ?? (await freePort());
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist', 'src', 'server.js')], {
    cwd: PROJECT_ROOT,
    env: {
      ...process.env,
      LOG_LEVEL: 'warn',
      OVERLOAD_DELAY_MS: '600000',
      ...env,
      MODEL_MANAGER_HTTP_PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  child.stdout.on('data', (text) => {
    written += text;
  });
  child.stderr.on('data', (text) => {
    written += text;
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}:\n${written}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) break;
    await delay(20);
  }
  return {
    url,
    child,
    output: () => written,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill(signal);
        await exited;
      }
      return child.exitCode;
    },
  };
}

/** A port of loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
