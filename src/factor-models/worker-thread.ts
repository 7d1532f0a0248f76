import type { Worker } from 'node:worker_threads';
import { PaperdeskError } from '../errors.ts';
import { startThread } from '../runtime/program-files.ts';
import type { FactorGroup } from './factor-group.ts';
import type { MessageFromWorker, MessageToWorker, WorkerFunctions } from './worker-protocol.ts';

/** A thread that answers calls in order. The first call starts it, also after it died. */
export interface WorkerThread {
  /**
   * @param onGroups receives the groups of a scan while it runs
   * @throws what the function throws, INTERNAL when the thread died, SHUTTING_DOWN
   */
  call<Name extends keyof WorkerFunctions>(
    name: Name,
    args: Parameters<WorkerFunctions[Name]>,
    onGroups?: (groups: readonly FactorGroup[]) => void,
  ): Promise<ReturnType<WorkerFunctions[Name]>>;
  close(): Promise<void>;
}

interface Call {
  readonly resolve: (result: never) => void;
  readonly reject: (error: PaperdeskError) => void;
  readonly onGroups: ((groups: readonly FactorGroup[]) => void) | undefined;
}

/** A hostile file that needs more memory ends the thread, not the service. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 2048 };

export function createWorkerThread(): WorkerThread {
  const calls = new Map<number, Call>();
  let worker: Worker | undefined;
  let lastCall = 0;
  let closed = false;

  const shuttingDown = () => new PaperdeskError('SHUTTING_DOWN', 'The service is shutting down.');

  function rejectAll(error: PaperdeskError): void {
    for (const { reject } of calls.values()) reject(error);
    calls.clear();
  }

  function start(): Worker {
    const started = startThread('factor-models/worker', { resourceLimits: RESOURCE_LIMITS });
    started.on('message', (message: MessageFromWorker) => {
      const call = calls.get(message.call);
      if ('groups' in message) {
        call?.onGroups?.(message.groups);
        return;
      }
      calls.delete(message.call);
      if (calls.size === 0) started.unref();
      if ('result' in message) call?.resolve(message.result as never);
      else call?.reject(new PaperdeskError(message.failure.code, message.failure.detail));
    });
    const onEnd = (cause?: unknown) => {
      if (worker !== started) return;
      worker = undefined;
      const detail = 'The thread that reads factor models died; the next request starts another.';
      rejectAll(new PaperdeskError('INTERNAL', detail, { cause }));
    };
    started.on('error', onEnd);
    started.on('exit', () => onEnd());
    return started;
  }

  return {
    call(name, args, onGroups) {
      if (closed) return Promise.reject(shuttingDown());
      worker ??= start();
      worker.ref();
      lastCall += 1;
      const message: MessageToWorker = { call: lastCall, name, args };
      worker.postMessage(message);
      return new Promise((resolve, reject) => calls.set(message.call, { resolve, reject, onGroups }));
    },

    async close() {
      closed = true;
      rejectAll(shuttingDown());
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
  };
}
