import { type ChildProcess, fork } from 'node:child_process';
import { moduleFile, moduleOptions } from '../runtime/program-files.ts';
import { NO_TELEMETRY } from './no-telemetry.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './worker-protocol.ts';

/** A running inference process. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  send(message: ToWorker): void;
  /** Closes the channel; the process then ends by itself. */
  disconnect(): void;
  /** Ends the process at once. */
  kill(): void;
}

export interface WorkerEvents {
  readonly onMessage: (message: FromWorker) => void;
  /** Called once; `reason` continues "The inference process ended". */
  readonly onExit: (reason: string) => void;
  /** Called with each line of the process's stderr. */
  readonly onStderr: (line: string) => void;
}

export type StartWorker = (settings: WorkerSettings, events: WorkerEvents) => WorkerProcess;

/** Variables that the process gets: no passwords and no tokens. */
const PASSED_ENVIRONMENT =
  /^(NODE_(?!OPTIONS$).*|PATH|HOME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|SystemRoot|LD_LIBRARY_PATH)$/;

/** Starts the inference process; messages that are sent before it listens are queued. */
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
  // Both a failed start and a failed send are reported here; after a failed send the process is ended.
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

/** The environment of the process, from that of the service. */
export function workerEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(environment).filter(([name]) => PASSED_ENVIRONMENT.test(name));
  // Two heaps are enough for its few threads; more would fragment the memory.
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
