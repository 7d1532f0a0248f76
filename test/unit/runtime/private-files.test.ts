// promise: docs/security.md "Files are private"

import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../../src/cli/shared/run-command.ts';
import { makePrivate } from '../../../src/runtime/private-files.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-private-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('what a command writes is accessible to its user only', async () => {
  const before = process.umask(0o022);
  onTestFinished(() => void process.umask(before));
  const folder = await newFolder();
  await runCommand('usage', async () => {
    await mkdir(join(folder, 'backup'));
    await writeFile(join(folder, 'backup', 'store'), 'content');
  });
  expect(await modeOf(join(folder, 'backup'))).toBe('700');
  expect(await modeOf(join(folder, 'backup', 'store'))).toBe('600');
});

/** Those that write no file themselves. */
const WITHOUT_FILES = ['loop.ts', 'paperdesk.ts', 'password.ts'];

test('every command keeps what it writes private', async () => {
  const folder = join(PROJECT_ROOT, 'src', 'cli');
  const commands = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
  const open = commands.filter(
    (name) => !/runCommand|runOnStore|keepNewFilesPrivate/.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(open).toEqual(WITHOUT_FILES);
});

test('existing files lose the permissions of others, and those of their owner stay', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'inner'));
  await writeFile(join(folder, 'inner', 'file'), 'content');
  await chmod(join(folder, 'inner', 'file'), 0o744);
  for (const path of [folder, join(folder, 'inner')]) await chmod(path, 0o755);
  expect(await makePrivate([folder, join(folder, 'missing')])).toEqual([]);
  expect(await modeOf(folder)).toBe('700');
  expect(await modeOf(join(folder, 'inner'))).toBe('700');
  expect(await modeOf(join(folder, 'inner', 'file'))).toBe('700');
});
