import { fork } from 'node:child_process';
import { once } from 'node:events';
import { moduleFile, moduleOptions } from '../runtime/program-files.ts';
import type { StartFactorWorker } from './factor-worker.ts';
import type { MessageFromWorker } from './worker-protocol.ts';

/** A hostile file that needs more memory ends the process, not the service. */
const MEMORY = '--max-old-space-size=2048';
/** Variables that the process gets: no passwords and no tokens. */
const PASSED_ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'NODE_V8_COVERAGE'] as const;

/** For work on files of others, which may hang: unlike a thread, a process can be left behind. */
export const startWorkerProcess: StartFactorWorker = ({ onMessage, onEnd }) => {
  const child = fork(moduleFile('factor-models/worker'), [], {
    serialization: 'advanced',
    execArgv: [MEMORY, ...moduleOptions()],
    env: Object.fromEntries(PASSED_ENVIRONMENT.map((name) => [name, process.env[name]])),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  // `once` rejects at the first error, which `onEnd` gets.
  ended.catch(() => {});
  child.on('message', (message) => onMessage(message as MessageFromWorker));
  child.on('error', onEnd);
  child.on('exit', () => onEnd());
  return {
    pid: child.pid,
    send(message) {
      if (child.connected) child.send(message);
    },
    hold(isBusy) {
      for (const one of [child, child.channel]) isBusy ? one?.ref() : one?.unref();
    },
    async end() {
      child.kill('SIGKILL');
      await ended.catch(() => {});
    },
  };
};
