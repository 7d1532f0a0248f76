import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Role } from './files-by-role.ts';
import type { Outcome } from './reader-process.ts';

/** How many files are read: one of so many hostile and odd ones, so many mutations of each good file. */
export interface Shares {
  readonly hostile: number;
  readonly odd: number;
  readonly mutated: number;
}

const KILLED_AFTER_MS = 240_000;
const HEAP_MB = 256;

/**
 * Reads files of a role in a process of its own, whose heap is bounded and which is killed when it hangs.
 * @throws when the process was killed or died of what it read
 */
export function readInProcess(role: Role, shares: Shares): Promise<Outcome[]> {
  const child = fork(
    fileURLToPath(new URL('./reader-process.ts', import.meta.url)),
    [role, JSON.stringify(shares)],
    {
      execArgv: ['--import', 'tsx', '--expose-gc', `--max-old-space-size=${HEAP_MB}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  return new Promise((resolve, reject) => {
    let outcomes: Outcome[] | undefined;
    let now = 'nothing';
    const timer = setTimeout(() => child.kill('SIGKILL'), KILLED_AFTER_MS);
    child.on('message', (message: { readonly reading: string } | Outcome[]) => {
      if ('reading' in message) now = message.reading;
      else outcomes = message;
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (outcomes !== undefined && code === 0) resolve(outcomes);
      else
        reject(
          new Error(`The process that read ${role} files ended with ${code ?? signal} while it read ${now}.`),
        );
    });
  });
}
