import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { format } from 'node:util';
import { onTestFinished, vi } from 'vitest';
import { runCommand } from '../../src/cli/shared/run-command.ts';
import { MOVE_USAGE, runMoveStore } from '../../src/cli/shared/run-move-store.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

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

/** Runs `move-store` in this process to its end, with the same output and exit code. */
export async function runMove(
  from: string,
  to: string,
  others: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<MoveResult> {
  let output = '';
  const addLine = (...values: unknown[]) => {
    output += `${format(...values)}\n`;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(addLine),
    vi.spyOn(console, 'error').mockImplementation(addLine),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      output += text;
      return true;
    }),
  ];
  // A command changes them for its process.
  const { exitCode } = process;
  const umask = process.umask(0o022);
  try {
    const args = ['--from', from, '--to', to, ...others];
    await runCommand(MOVE_USAGE, () => runMoveStore(args, { ...process.env, ...env }));
    return { code: process.exitCode ?? 0, output };
  } finally {
    process.exitCode = exitCode;
    process.umask(umask);
    for (const spy of spies) spy.mockRestore();
  }
}
