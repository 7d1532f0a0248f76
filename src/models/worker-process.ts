import { type ChildProcess, fork } from 'node:child_process';
import { moduleFile, moduleOptions } from '../runtime/program-files.ts';
import { NO_TELEMETRY } from './no-telemetry.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './worker-protocol.ts';

/** One run of the inference process, from its start to its end. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  send(message: ToWorker): void;
  /** Lets the process end by itself. */
  disconnect(): void;
  /** Ends the process at once, whatever it is doing. */
  kill(): void;
}

export interface WorkerEvents {
  readonly onMessage: (message: FromWorker) => void;
  /** Called once; `reason` completes the sentence "The inference process ended ...". */
  readonly onExit: (reason: string) => void;
  /** What the process writes to its error output, line by line. */
  readonly onStderr: (line: string) => void;
}

export type StartWorker = (settings: WorkerSettings, events: WorkerEvents) => WorkerProcess;

/** What the process needs of the environment; passwords and tokens are none of its business. */
const PASSED_ENVIRONMENT =
  /^(NODE_(?!OPTIONS$).*|PATH|HOME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|SystemRoot|LD_LIBRARY_PATH)$/;

/** Starts the inference process; messages sent before it listens wait for it. */
export const startWorker: StartWorker = (settings, { onMessage, onExit, onStderr }) => {
  const child = fork(moduleFile('models/worker'), [JSON.stringify(settings)], {
    serialization: 'advanced',
    execArgv: ['--expose-gc', ...moduleOptions()],
    env: workerEnvironment(process.env),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.on('message', (message) => onMessage(message as FromWorker));
  readLines(child, onStderr);

  let ended = false;
  function end(reason: string): void {
    if (ended) return;
    ended = true;
    onExit(reason);
  }
  child.once('exit', (code, signal) => end(signal === null ? `with exit code ${code}` : `by ${signal}`));
  // Failing to start is reported here, and so is a message that cannot be sent: then the end follows anyway.
  child.on('error', (error) => {
    if (child.pid === undefined) end(`before it began: ${error.message}`);
    else child.kill('SIGKILL');
  });

  return {
    pid: child.pid,
    send(message) {
      if (child.connected) child.send(message);
    },
    disconnect() {
      if (child.connected) child.disconnect();
    },
    kill: () => child.kill('SIGKILL'),
  };
};

/** What of the service's environment the process gets. */
export function workerEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(environment).filter(([name]) => PASSED_ENVIRONMENT.test(name));
  // Two heaps serve the few threads there are; more only scatter the memory.
  return { MALLOC_ARENA_MAX: '2', ...Object.fromEntries(passed), ...NO_TELEMETRY };
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(-1000);
    for (const line of lines) if (line.trim() !== '') onLine(line.slice(0, 1000));
  });
}
