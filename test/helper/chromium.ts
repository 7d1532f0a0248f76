import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const run = promisify(execFile);

/** Debian's Chromium without windows, which takes a third less processor time. */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';
const USUAL_PLACES = [
  HEADLESS_SHELL,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const VERSION_LIMIT_MS = 30_000;
const INSTALL_LIMIT_MS = 15 * 60_000;

/** Path of a Chromium that runs: an installed one, or else one that is downloaded now. */
export async function chromiumPath(): Promise<string> {
  return (await findChromium()) ?? (await installChromium());
}

async function findChromium(): Promise<string | undefined> {
  const given = process.env.CHROMIUM_PATH;
  if (given !== undefined) {
    if (await works(given)) return given;
    throw new Error(`CHROMIUM_PATH is ${given}, which does not run; name a Chromium or leave it out.`);
  }
  for (const path of [...USUAL_PLACES, chromium.executablePath()]) {
    if (await works(path)) return path;
  }
  return undefined;
}

/** Whether it starts: on Ubuntu chromium-browser may be a script that needs a snap. */
async function works(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  return run(path, ['--version', '--no-sandbox'], { timeout: VERSION_LIMIT_MS }).then(
    ({ stdout }) => /chrom/i.test(stdout),
    () => false,
  );
}

async function installChromium(): Promise<string> {
  const failures: string[] = [];
  for (const { name, install } of [
    { name: 'apt-get install chromium-headless-shell', install: installByApt },
    { name: 'npx playwright-core install chromium', install: installByPlaywright },
  ]) {
    try {
      await install();
      const found = await findChromium();
      if (found !== undefined) return found;
      failures.push(`${name} gave none that runs`);
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message.trim().split('\n').at(-1)}`);
    }
  }
  throw new Error(
    'Browser tests need Chromium, and there is none. Install it (Debian: apt-get install chromium-headless-shell; ' +
      `else npx playwright-core install --with-deps chromium) or name one in CHROMIUM_PATH. Tried: ${failures.join('; ')}.`,
  );
}

async function installByApt(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('not run as root');
  if (!existsSync('/usr/bin/apt-get')) throw new Error('there is no apt-get');
  const options = {
    timeout: INSTALL_LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  const install = 'apt-get update -qq && apt-get install -y -qq chromium-headless-shell';
  // Test workers find out at once that there is none, and one of them installs it.
  const lock = join(tmpdir(), 'paperdesk-install-chromium.lock');
  await run('flock', [lock, 'sh', '-c', `test -x ${HEADLESS_SHELL} || (${install})`], options);
}

async function installByPlaywright(): Promise<void> {
  const folder = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  await run(process.execPath, [join(folder, 'cli.js'), 'install', 'chromium'], {
    timeout: INSTALL_LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
}
