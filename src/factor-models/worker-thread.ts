import { startThread } from '../runtime/program-files.ts';
import type { StartFactorWorker } from './factor-worker.ts';
import type { MessageFromWorker } from './worker-protocol.ts';

/** A hostile file that needs more memory ends the thread, not the service. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 2048 };

/** For work on files of the service itself: a thread that hangs in the system cannot be ended. */
export const startWorkerThread: StartFactorWorker = ({ onMessage, onEnd }) => {
  const thread = startThread('factor-models/worker', { resourceLimits: RESOURCE_LIMITS });
  thread.on('message', (message: MessageFromWorker) => onMessage(message));
  thread.on('error', onEnd);
  thread.on('exit', () => onEnd());
  return {
    send: (message) => thread.postMessage(message),
    hold: (isBusy) => (isBusy ? thread.ref() : thread.unref()),
    async end() {
      await thread.terminate();
    },
  };
};
