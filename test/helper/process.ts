import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../simulator/free-port.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { waitUntil } from './wait.ts';

/** The built service as a child process. */
export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Its output so far. */
  output(): string;
  /** Sends a signal, waits until the process has ended, and returns its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the built service with these settings, on a free port by default, and waits until it answers.
 * @param under a program and its arguments that runs the service in its own process, for example a tracer
 */
export async function startServiceProcess(
  env: NodeJS.ProcessEnv,
  onPort?: number,
  under: readonly string[] = [],
): Promise<ServiceProcess> {
  const port = onPort ?? (await freePort());
  const [program, ...rest] = [...under, process.execPath, join(PROJECT_ROOT, 'dist', 'src', 'server.js')];
  const child = spawn(program!, rest, {
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
  await waitUntil('the service answers', async () => {
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}:\n${written}`);
    return (await fetch(`${url}/health`).catch(() => undefined))?.ok ?? false;
  });
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

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
