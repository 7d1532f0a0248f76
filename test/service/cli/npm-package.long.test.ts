// promise: docs/operations.md "models/ |"

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { filesIn } from '../../helper/files-in.ts';

/** Installs the package in an empty folder, with the libraries of the checkout. */
async function install(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-package-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const tarball = execFileSync('npm', pack, { cwd: PROJECT_ROOT, encoding: 'utf8' }).trim();
  const { dependencies } = JSON.parse(await readFile(join(PROJECT_ROOT, 'package.json'), 'utf8'));
  const libraries = join(folder, 'node_modules');
  const installed = join(libraries, 'paperdesk');
  await mkdir(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', installed]);
  await rm(join(folder, tarball));
  for (const name of Object.keys(dependencies)) {
    await mkdir(join(libraries, name, '..'), { recursive: true });
    await symlink(join(PROJECT_ROOT, 'node_modules', name), join(libraries, name));
  }
  return folder;
}

/** What a program prints, once it has printed `words`. @throws if it ends before */
async function printed(child: ChildProcess, words: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (words.test(text)) return text;
  }
  throw new Error(`it ended: ${text}`);
}

test('the package of npm pack runs its demo in an empty folder, where its data are', async () => {
  const folder = await install();
  const installed = join(folder, 'node_modules', 'paperdesk');
  const before = await filesIn(installed);
  expect(before.filter((file) => /\.test\.|\.ts$|\.map$|\/test\//.test(file))).toEqual([]);
  const { PAPERDESK_HOME: _, ...env } = process.env;
  const bin = join(installed, 'dist', 'src', 'cli', 'paperdesk.js');
  expect((await readFile(bin, 'utf8')).startsWith('#!/usr/bin/env node\n')).toBe(true);
  const demo = spawn(process.execPath, [bin, 'demo', '--web-port', '0'], {
    ...{ cwd: folder, env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(demo, 'exit');
  onTestFinished(() => void demo.kill('SIGKILL'));
  const [, address] = /listens on (http:\S+)/.exec(await printed(demo, /Ctrl-C/))!;
  expect((await fetch(`${address}/ready`)).status).toBe(200);
  expect(await (await fetch(`${address}/`)).text()).toContain('<html');
  demo.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);

  expect(await readdir(folder)).toEqual(['data', 'node_modules']);
  expect(await readdir(join(folder, 'data', 'demo'))).toContain('paperdesk.sqlite');
  expect(await filesIn(installed)).toEqual(before);
});
