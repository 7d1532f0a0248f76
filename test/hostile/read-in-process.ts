import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Role } from './files-by-role.ts';
import type { Outcome, ReaderMessage } from './reader-process.ts';

/** Which files are read: one of every so many hostile and unusual ones, so many mutations of each good file. */
export interface Selection {
  readonly hostile: number;
  readonly unusual: number;
  readonly mutated: number;
}

/** A process that reads one file for this long hangs. */
const HANG_LIMIT_MS = 120_000;
const HEAP_MB = 256;

/**
 * Reads files of all roles in a child process with a small heap, which is killed when it hangs.
 * @throws when the process is killed or crashes, with the file it was reading
 */
export function readInProcess(selection: Selection): Promise<ReadonlyMap<Role, readonly Outcome[]>> {
  const child = fork(
    fileURLToPath(new URL('./reader-process.ts', import.meta.url)),
    [JSON.stringify(selection)],
    {
      execArgv: ['--import', 'tsx', '--expose-gc', `--max-old-space-size=${HEAP_MB}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  return new Promise((resolve, reject) => {
    const outcomes = new Map<Role, readonly Outcome[]>();
    let current = 'nothing yet';
    const watchdog = setTimeout(() => child.kill('SIGKILL'), HANG_LIMIT_MS);
    child.on('message', (message: ReaderMessage) => {
      watchdog.refresh();
      if ('reading' in message) current = `${message.role}: ${message.reading}`;
      else outcomes.set(message.role, message.outcomes);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(watchdog);
      if (code === 0) resolve(outcomes);
      else reject(new Error(`The reading process ended with ${code ?? signal}. It was reading ${current}.`));
    });
  });
}
