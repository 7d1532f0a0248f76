import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

interface MoveCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

/** Starts `move-store` as it is built; it is killed at the end of the test. */
export function startMove(
  from: string,
  to: string,
  others: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): MoveCommand {
  const file = join(PROJECT_ROOT, 'dist', 'src', 'cli', 'move-store.js');
  const child = spawn(process.execPath, [file, '--from', from, '--to', to, ...others], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return { child, ended: once(child, 'close').then(([code]) => ({ code, output })) };
}

/** Runs `move-store` to its end. */
export function runMove(...given: Parameters<typeof startMove>): MoveCommand['ended'] {
  return startMove(...given).ended;
}
