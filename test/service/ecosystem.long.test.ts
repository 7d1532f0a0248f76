import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../simulator/free-port.ts';
import { startRecordedExchange } from '../../simulator/server.ts';
import { LOOP_USAGE } from '../../src/cli/shared/loop-options.ts';
import { readConfig } from '../../src/config.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { settingsTable } from '../../src/settings.ts';
import { testRecording } from '../helper/market.ts';

const ECOSYSTEM = join(PROJECT_ROOT, 'ecosystem.config.js');

interface App {
  readonly name: string;
  readonly env: Record<string, string>;
}

async function envOf(name: string): Promise<Record<string, string>> {
  const { apps } = (await import(pathToFileURL(ECOSYSTEM).href)) as { apps: App[] };
  const { NODE_ENV: _, ...env } = apps.find((app) => app.name === name)!.env;
  return env;
}

describe('the PM2 file', () => {
  test('names every setting of the service, with its default', async () => {
    const env = await envOf('dt-api');
    const names = [...settingsTable().matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(Object.keys(env)).toEqual(names);
    expect(readConfig(env, [])).toEqual(readConfig({}, []));
  });

  test('names every setting of the loop', async () => {
    const names = new Set(Array.from(LOOP_USAGE.matchAll(/PAPERDESK_\w+/g), ([name]) => name));
    expect(new Set(Object.keys(await envOf('dt-loop-v3')))).toEqual(names);
  });
});

describe('under PM2', () => {
  async function openPm2() {
    const home = await mkdtemp(join(tmpdir(), 'paperdesk-pm2-'));
    const exchange = await startRecordedExchange({
      recording: await testRecording(),
      clock: Date.now,
    });
    const port = await freePort();
    const env = {
      ...process.env,
      PM2_HOME: home,
      PM2_DISABLE_VERSION_CHECK: '1',
      MODEL_MANAGER_HTTP_PORT: String(port),
      DATABASE_URL: `file:${join(home, 'paperdesk.sqlite')}`,
      MODEL_PACKAGES_DIR: join(home, 'packages'),
      MODEL_MANAGER_CACHE_DIR: join(home, 'factor-models'),
      EXCHANGE_REST_URL: exchange.restUrl,
      EXCHANGE_WS_URL: exchange.wsUrl,
      MARKET_SOURCE: 'recorded',
    };
    const pm2 = async (...args: string[]) => {
      const command = [join(PROJECT_ROOT, 'node_modules', 'pm2', 'bin', 'pm2'), ...args];
      return (await promisify(execFile)(process.execPath, command, { cwd: PROJECT_ROOT, env })).stdout;
    };
    onTestFinished(async () => {
      await pm2('kill');
      await exchange.close();
      await rm(home, { recursive: true, force: true });
    });
    const pidOf = async (file: string) =>
      Number(await readFile(join(home, 'pids', file), 'utf8').catch(() => 0));
    return {
      pm2,
      api: () => pidOf('dt-api-1.pid'),
      loop: () => pidOf('dt-loop-v3-0.pid'),
      health: async () => (await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.status,
      loopLog: () => readFile(join(home, 'logs', 'dt-loop-v3-out.log'), 'utf8').catch(() => ''),
    };
  }

  test('the loop waits for the service, both come back after kill -9, and a stop is a stop', async () => {
    const { pm2, api, loop, health, loopLog } = await openPm2();
    const polls = async () => (await loopLog()).match(/BTCUSDT.* -> /g)?.length ?? 0;

    await pm2('start', ECOSYSTEM, '--only', 'dt-loop-v3');
    await expect.poll(loopLog).toMatch(/does not answer.*Trying again in 1 s/);
    await pm2('start', ECOSYSTEM, '--only', 'dt-api');
    await expect.poll(health).toBe(200);
    await expect.poll(polls).toBe(1);

    const before = { api: await api(), loop: await loop() };
    process.kill(before.api, 'SIGKILL');
    await expect.poll(async () => [before.api, 0].includes(await api())).toBe(false);
    await expect.poll(health).toBe(200);
    process.kill(before.loop, 'SIGKILL');
    await expect.poll(async () => [before.loop, 0].includes(await loop())).toBe(false);
    await expect.poll(polls).toBe(2);

    await pm2('stop', 'all');
    expect(await health()).toBeUndefined();
    const statuses = JSON.parse(await pm2('jlist')) as { name: string; pm2_env: { status: string } }[];
    expect(statuses.map(({ name, pm2_env }) => [name, pm2_env.status])).toEqual([
      ['dt-loop-v3', 'stopped'],
      ['dt-api', 'stopped'],
    ]);
  });
});
