import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { format } from 'node:util';
import { vi } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of `src/cli` as it is built, in a process of its own. */
export function runBuiltCommand(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join('dist', 'src', 'cli', `${name}.js`), ...args],
      { cwd: PROJECT_ROOT, env: { ...process.env, ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

let runs = 0;

/**
 * Runs a command of `src/cli` in this process, with the same output and exit code; a process of its own would load for half a
 * second what is loaded here. That every built command loads is tested in test/service/cli/paperdesk.test.ts.
 */
export async function runCommandHere(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CommandResult> {
  const written = { out: '', err: '' };
  const addTo = (stream: 'out' | 'err') => (text: string) => {
    written[stream] += text;
    return true;
  };
  const addLineTo =
    (stream: 'out' | 'err') =>
    (...values: unknown[]) =>
      void addTo(stream)(`${format(...values)}\n`);
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(addLineTo('out')),
    vi.spyOn(console, 'error').mockImplementation(addLineTo('err')),
    vi.spyOn(process.stdout, 'write').mockImplementation(addTo('out') as never),
    vi.spyOn(process.stderr, 'write').mockImplementation(addTo('err') as never),
  ];
  // A command reads and changes them as its own.
  const { argv, env: ownEnv, exitCode } = process;
  const umask = process.umask(0o022);
  try {
    process.argv = [process.execPath, name, ...args];
    process.env = { PATH: ownEnv.PATH, ...env };
    process.exitCode = undefined;
    // A command runs when it is imported: another query makes it another module, which shares those that it imports.
    await import(/* @vite-ignore */ join(PROJECT_ROOT, 'src', 'cli', `${name}.ts?run=${++runs}`));
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    Object.assign(process, { argv, env: ownEnv, exitCode });
    process.umask(umask);
    for (const spy of spies) spy.mockRestore();
  }
}
