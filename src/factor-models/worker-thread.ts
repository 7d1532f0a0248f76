import type { Worker } from 'node:worker_threads';
import { PaperdeskError } from '../errors.ts';
import { startThread } from '../runtime/program-files.ts';
import type { FactorGroup } from './factor-group.ts';
import type { FromWorker, ToWorker, WorkerAnswers, WorkerRequest } from './worker-protocol.ts';

/** A thread that answers one call after the other; started at the first one, and again after it died. */
export interface WorkerThread {
  /**
   * @param onGroups gets the groups of a scan while it goes on
   * @throws what the thread answers with, INTERNAL when it died, SHUTTING_DOWN
   */
  call<K extends WorkerRequest['kind']>(
    request: Extract<WorkerRequest, { kind: K }>,
    onGroups?: (groups: readonly FactorGroup[]) => void,
  ): Promise<WorkerAnswers[K]>;
  close(): Promise<void>;
}

interface Call {
  readonly resolve: (value: never) => void;
  readonly reject: (error: PaperdeskError) => void;
  readonly onGroups: ((groups: readonly FactorGroup[]) => void) | undefined;
}

export function createWorkerThread(): WorkerThread {
  const calls = new Map<number, Call>();
  let worker: Worker | undefined;
  let lastCall = 0;
  let closed = false;

  function rejectAll(error: PaperdeskError): void {
    for (const { reject } of calls.values()) reject(error);
    calls.clear();
  }

  function start(): Worker {
    const started = startThread('factor-models/worker', { resourceLimits });
    started.on('message', (message: FromWorker) => {
      const call = calls.get(message.call);
      if ('groups' in message) {
        call?.onGroups?.(message.groups);
        return;
      }
      calls.delete(message.call);
      if (calls.size === 0) started.unref();
      if ('value' in message) call?.resolve(message.value as never);
      else call?.reject(new PaperdeskError(message.failure.code, message.failure.detail));
    });
    const end = (cause?: unknown) => {
      if (worker !== started) return;
      worker = undefined;
      const detail = 'The thread that reads factor models died; the next request starts another.';
      rejectAll(new PaperdeskError('INTERNAL', detail, { cause }));
    };
    started.on('error', end);
    started.on('exit', () => end());
    return started;
  }

  return {
    call(request, onGroups) {
      if (closed) {
        return Promise.reject(new PaperdeskError('SHUTTING_DOWN', 'The service is shutting down.'));
      }
      worker ??= start();
      worker.ref();
      lastCall += 1;
      const message: ToWorker = { call: lastCall, request };
      worker.postMessage(message);
      return new Promise((resolve, reject) => calls.set(message.call, { resolve, reject, onGroups }));
    },

    async close() {
      closed = true;
      rejectAll(new PaperdeskError('SHUTTING_DOWN', 'The service is shutting down.'));
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
  };
}

/** A file that needs more ends the thread, not the service. */
const resourceLimits = { maxOldGenerationSizeMb: 2048 };
