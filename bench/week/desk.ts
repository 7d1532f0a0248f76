import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../simulator/free-port.ts';
import { type RecordedExchange, startRecordedExchange } from '../../simulator/server.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { type MarketClock, startMarketClock } from '../../test/helper/cluster/market-clock.ts';
import { testRecording } from '../../test/helper/market.ts';
import { type ServiceProcess, startServiceProcess } from '../../test/helper/process.ts';

/** One installation as its operator has it: the built service, a loop beside it, and the command `paperdesk`. */
export interface Desk {
  readonly exchange: RecordedExchange;
  readonly url: string;
  /** The service that runs. */
  readonly service: ServiceProcess;
  readonly now: () => number;
  /** Settings for processes that are started from now on. */
  settings: NodeJS.ProcessEnv;
  /** The clock and the settings of a process that is started now. */
  environment(): NodeJS.ProcessEnv;
  /** Lets time pass at another speed for processes that are started from now on. */
  setSpeed(speed: number): void;
  startService(): Promise<void>;
  /** Ends the service. @returns its exit code; null after SIGKILL */
  endService(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
  /** Starts the loop that polls `ppo_v1` at `url`. */
  startLoop(url: string): void;
  endLoop(): Promise<void>;
  /** Runs `paperdesk` with these arguments and returns what it printed. @throws with its output when it fails */
  command(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const PROGRAM = join(PROJECT_ROOT, 'dist', 'src', 'cli', 'paperdesk.js');
const LOOP_SECONDS = '300';

/** @param start what the clock shows at first, ms; @param speed how much faster it is than the machine's */
export async function openDesk(start: number, speed: number): Promise<Desk> {
  let clock: MarketClock = startMarketClock(start, speed);
  let currentSpeed = speed;
  const now = () => clock.now();
  const exchange = await startRecordedExchange({
    ...{ recording: await testRecording(), clock: now, pushEveryMs: 50 },
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let settings: NodeJS.ProcessEnv = {};
  let service: ServiceProcess | undefined;
  let loop: ChildProcess | undefined;
  const market = {
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
  };

  const environment = () => ({ ...market, ...settings, ...clock.env, TIMERS_SPEED: String(currentSpeed) });

  async function endLoop(): Promise<void> {
    if (loop === undefined || loop.exitCode !== null || loop.signalCode !== null) return;
    const ended = once(loop, 'exit');
    loop.kill('SIGKILL');
    await ended;
  }

  return {
    ...{ exchange, url, now },
    get service() {
      if (service === undefined) throw new Error('The service was not started.');
      return service;
    },
    get settings() {
      return settings;
    },
    set settings(changed) {
      settings = changed;
    },
    environment,
    setSpeed(changed) {
      clock = startMarketClock(now(), changed);
      currentSpeed = changed;
    },
    async startService() {
      service = await startServiceProcess(environment(), port);
    },
    async endService(signal) {
      return (await service?.end(signal)) ?? null;
    },
    startLoop(at) {
      const args = ['loop', '--model-id', 'ppo_v1', '--interval', LOOP_SECONDS];
      const env = { ...process.env, ...environment(), PAPERDESK_URL: at };
      loop = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    },
    endLoop,
    async command(...args) {
      const env = { ...process.env, ...market, ...settings };
      const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], { env });
      return stdout;
    },
    async close() {
      await endLoop();
      await service?.end('SIGKILL');
      await exchange.close();
    },
  };
}
