import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { runCommandHere } from './command.ts';

interface MoveResult {
  readonly code: number | string | null;
  /** Standard output and standard error. */
  readonly output: string;
}

interface MoveCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<MoveResult>;
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

/** Runs `move-store` in this process to its end. */
export async function runMove(
  from: string,
  to: string,
  others: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<MoveResult> {
  const { code, out, err } = await runCommandHere('move-store', ['--from', from, '--to', to, ...others], env);
  return { code, output: out + err };
}
