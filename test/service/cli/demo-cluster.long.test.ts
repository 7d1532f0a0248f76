import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { waitUntil } from '../../helper/wait.ts';

test('the demo of several nodes begins in an empty folder, survives a node, and ends in order', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-demo-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // As root, PostgreSQL runs as another user. It is let into the folders that the demo makes.
  await chmod(folder, 0o755);
  const home = join(folder, 'new', 'home');
  const program = join(PROJECT_ROOT, 'dist', 'src', 'cli', 'paperdesk.js');
  const demo = spawn(process.execPath, [program, 'demo-cluster', '--web-port', '0'], {
    env: { ...process.env, PAPERDESK_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(demo, 'exit');
  onTestFinished(() => void demo.kill('SIGTERM'));
  let text = '';
  const add = (chunk: unknown) => {
    text += String(chunk);
  };
  demo.stdout.on('data', add);
  demo.stderr.on('data', add);
  const prints = (words: RegExp) =>
    waitUntil(`the demo prints ${words}`, () => {
      if (demo.exitCode !== null) throw new Error(`The demo ended:\n${text}`);
      return words.test(text);
    });

  await prints(/Ctrl-C/);
  const [, address] = /listens on (http:\S+)/.exec(text)!;
  expect(text).toMatch(/^ppo_v1 on the candle that closed at .*: (LONG|SHORT|FLAT), /m);
  const holder = /^Leases: (?:.*; )?(node-\d) [^;]*symbol:BTCUSDT/m;
  await prints(holder);
  const [, owner] = holder.exec(text)!;
  const [, pid] = new RegExp(`^ {2}${owner} at \\S+, process (\\d+)$`, 'm').exec(text)!;
  process.kill(Number(pid), 'SIGKILL');
  await prints(
    new RegExp(`^${owner} ended \\(SIGKILL\\)[\\s\\S]*^Leases: (?!.*${owner}).*symbol:BTCUSDT`, 'm'),
  );
  expect((await fetch(`${address}/paper/dashboard/paper_v3_ppo`)).status).toBe(200);

  demo.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
