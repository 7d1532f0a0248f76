// promise: docs/security.md "Loopback only"
// promise: docs/security.md "What was revoked stays revoked"

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withAccess } from '../../../src/auth/with-access.ts';
import { takePasswordCommand } from '../../../src/cli/password.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { runCommandHere } from '../../helper/command.ts';

let folder: string;
let databaseFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-commands-'));
  databaseFile = join(folder, 'paperdesk.sqlite');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the built service to its end. */
async function runServer(args: string[], input = '') {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist', 'src', 'server.js'), ...args], {
    env: {
      ...process.env,
      DATABASE_URL: `file:${databaseFile}`,
      MODEL_PACKAGES_DIR: join(folder, 'packages'),
      LOG_LEVEL: 'silent',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const written = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    written.out += text;
  });
  child.stderr.on('data', (text) => {
    written.err += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  await once(child, 'close');
  return { code: child.exitCode, ...written };
}

const token = (args: string[]) => runCommandHere('token', args, { DATABASE_URL: `file:${databaseFile}` });

const access = <T>(use: Parameters<typeof withAccess<T>>[2]) =>
  withAccess({ store: { kind: 'sqlite', file: databaseFile }, tokenTtlMs: 1000 }, Date.now, use);

test('an address that other machines can reach is refused without a password', async () => {
  const { code, err } = await runServer(['--web-host', '0.0.0.0', '--web-port', '0']);
  expect(code).toBe(1);
  expect(err).toMatch(/0\.0\.0\.0.*no password.*--init-password/);
  expect(err).not.toMatch(/ at /);
});

test('a password is set once, from standard input or an argument, and can be reset', async () => {
  expect(await runServer(['--init-password'], '')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/empty/),
  });
  expect(await runServer(['--init-password', 'short'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/has 5 characters; it needs at least 8.*Nothing was changed/),
  });
  expect(await runServer(['--init-password'], 'first one\nmore')).toMatchObject({ code: 0 });
  expect(await access((one) => one.login('first one', 'a'))).toMatchObject({ token: expect.any(String) });
  expect(await runServer(['--init-password', 'second one'])).toMatchObject({ code: 2 });

  const session = await access((one) => one.login('first one', 'a'));
  expect(await runServer(['--set-password=second one'])).toMatchObject({ code: 0 });
  await expect(access((one) => one.identify(session.token))).rejects.toThrow(/invalid or expired/);
  expect(await access((one) => one.login('second one', 'a'))).toMatchObject({ token: expect.any(String) });
});

test.each([['list'], ['revoke', 'x'], ['revoke-all']])(
  'token %s makes no store where there is none',
  async (...args) => {
    const file = join(folder, 'elsewhere', 'paperdesk.sqlite');
    expect(await runCommandHere('token', args, { DATABASE_URL: `file:${file}` })).toEqual({
      ...{ code: 1, out: '' },
      err: `There is no store at file:${file}. Start the service there once, or set DATABASE_URL (and PAPERDESK_HOME) as for the service.\n`,
    });
    expect(existsSync(file)).toBe(false);
  },
);

test('service tokens can be created, listed and revoked', async () => {
  const { code, out } = await token(['create', 'loop']);
  expect(code).toBe(0);
  expect(await access((one) => one.identify(out.trim()))).toMatchObject({ kind: 'service', name: 'loop' });
  const list = await token(['list']);
  expect(list.out).toMatch(/^\w+ {2}loop {2}made/);
  expect(list.out).not.toContain(out.trim());
  expect(await token(['revoke', list.out.split(' ')[0]!])).toMatchObject({ code: 0 });
  expect(await token(['list'])).toMatchObject({
    ...{ code: 0, out: '' },
    err: expect.stringMatching(/^file:.* has no service tokens\.$/m),
  });
  expect(await token(['revoke', 'nope'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/"nope"/),
  });
  const [loop, other] = [await token(['create', 'a']), await token(['create', 'b'])];
  const session = await access((one) => one.login('second one', 'a'));
  expect(await token(['revoke-all'])).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^Revoked 2 service tokens, and ended \d+ sessions?\.$/m),
  });
  for (const ended of [loop.out.trim(), other.out.trim(), session.token])
    await expect(access((one) => one.identify(ended))).rejects.toThrow(/invalid or expired/);
  expect(await token(['create'])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^token create needs one NAME\.[\s\S]*create NAME/),
  });
});

test.each([
  [[], undefined, []],
  [['--init-password'], { action: 'init', value: undefined }, []],
  [['--init-password', 'x', '--web-port', '1'], { action: 'init', value: 'x' }, ['--web-port', '1']],
  [['--init-password', '--web-port', '1'], { action: 'init', value: undefined }, ['--web-port', '1']],
  [['--set-password=--odd=one'], { action: 'set', value: '--odd=one' }, []],
])('%j', (args, command, rest) => {
  expect(takePasswordCommand(args)).toEqual({ command, rest });
});

test('two password options at once are refused', () => {
  expect(() => takePasswordCommand(['--init-password', 'a', '--set-password', 'b'])).toThrow(/only once/);
});
