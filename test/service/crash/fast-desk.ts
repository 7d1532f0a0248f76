import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../simulator/free-port.ts';
import type { Recording } from '../../../simulator/recording.ts';
import { startRecordedExchange } from '../../../simulator/server.ts';
import { readConfig } from '../../../src/config.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { SYSTEM_TIMERS } from '../../../src/runtime/timers.ts';
import { openServices, type Services } from '../../../src/services.ts';
import { testRecording } from '../../helper/market.ts';
import { type ServiceProcess, startServiceProcess } from '../../helper/process.ts';
import { warmSqliteStore } from '../../helper/warm-store.ts';

/** The built service and built loops as processes, on a recorded market whose time passes fast. */
export interface FastDesk {
  readonly recording: Recording;
  readonly url: string;
  readonly clock: () => number;
  /** Lets the clock jump, as when everything was switched off; for processes that are started later. */
  jump(ms: number): void;
  startService(): Promise<ServiceProcess>;
  startLoop(...args: string[]): LoopProcess;
  /** Opens the store here, with the clock standing still at `time`. */
  openAt(time: number): Promise<Services>;
}

export interface LoopProcess {
  readonly child: ChildProcess;
  /** The lines it has printed. */
  lines(): string[];
  kill(): Promise<void>;
}

/** @param start what the clock shows at first, ms; @param speed how much faster it is than the machine's */
export async function openFastDesk(start: number, speed: number): Promise<FastDesk> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-fast-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = join(folder, 'paperdesk.sqlite');
  await writeFile(store, await warmSqliteStore());
  const recording = await testRecording();
  const begun = Date.now();
  let jumped = 0;
  let standing: number | undefined;
  const clock = () => standing ?? Math.floor(start + jumped + (Date.now() - begun) * speed);
  const exchange = await startRecordedExchange({ recording, clock, pushEveryMs: 50 });
  onTestFinished(() => exchange.close());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    DATABASE_URL: `file:${store}`,
    MODEL_PACKAGES_DIR: join(folder, 'packages'),
    MODEL_MANAGER_CACHE_DIR: join(folder, 'factor-models'),
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
  };
  const fast = () => ({
    NODE_OPTIONS: `--import ${pathToFileURL(join(PROJECT_ROOT, 'test', 'helper', 'fast-clock.js'))}`,
    CLOCK_START: String(start + jumped),
    CLOCK_BEGUN: String(begun),
    CLOCK_SPEED: String(speed),
  });

  return {
    recording,
    url,
    clock,
    jump(ms) {
      jumped += ms;
    },

    async startService() {
      const service = await startServiceProcess({ ...settings, ...fast() }, port);
      onTestFinished(async () => void (await service.end('SIGKILL')));
      return service;
    },

    startLoop(...args) {
      const file = join(PROJECT_ROOT, 'dist', 'src', 'cli', 'loop.js');
      const child = spawn(process.execPath, [file, ...args], {
        env: { ...process.env, ...fast(), PAPERDESK_URL: url },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      child.stdout.on('data', (text) => {
        printed += text;
      });
      const kill = async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      };
      onTestFinished(kill);
      return { child, lines: () => printed.split('\n').slice(0, -1), kill };
    },

    async openAt(time) {
      standing = time;
      const services = await openServices(readConfig(settings, []), {
        clock: { now: () => time },
        timers: SYSTEM_TIMERS,
        newId: () => 'here',
        log: pino({ level: 'silent' }),
      });
      onTestFinished(() => services.close());
      await services.start();
      return services;
    },
  };
}
