import { PaperdeskError } from '../errors.ts';
import type { FactorGroup } from './factor-group.ts';
import type { MessageFromWorker, MessageToWorker, WorkerFunctions } from './worker-protocol.ts';

/** A thread or process that answers calls in order. The first call starts it, also after it died. */
export interface FactorWorker {
  /**
   * @param onGroups receives the groups of a scan while it runs
   * @throws what the function throws, INTERNAL when the worker died, FACTOR_SCAN_TIMEOUT, SHUTTING_DOWN
   */
  call<Name extends keyof WorkerFunctions>(
    name: Name,
    args: Parameters<WorkerFunctions[Name]>,
    onGroups?: (groups: readonly FactorGroup[]) => void,
  ): Promise<ReturnType<WorkerFunctions[Name]>>;
  /** Rejects all calls and ends the worker, but does not wait for one that the system cannot end. */
  close(): Promise<void>;
}

/** A running thread or process. */
export interface RunningWorker {
  /** Of a process. */
  readonly pid?: number | undefined;
  send(message: MessageToWorker): void;
  /** Keeps the service running, or not. */
  hold(isBusy: boolean): void;
  /** Ends it at once; resolves when it has ended. */
  end(): Promise<void>;
}

export interface WorkerEvents {
  readonly onMessage: (message: MessageFromWorker) => void;
  readonly onEnd: (cause?: unknown) => void;
}

export type StartFactorWorker = (events: WorkerEvents) => RunningWorker;

/** In ms. A worker that exceeds them is ended: what it reads may hang for ever. */
export interface WorkerLimits {
  /** Of one call. */
  readonly callMs: number;
  /** Without a sign of progress. */
  readonly silenceMs: number;
}

interface Call {
  readonly message: MessageToWorker;
  readonly resolve: (result: never) => void;
  readonly reject: (error: PaperdeskError) => void;
  readonly onGroups: ((groups: readonly FactorGroup[]) => void) | undefined;
}

/** What the system has not ended by then hangs in the system itself, and does not keep the service. */
const END_LIMIT_MS = 2000;

/** @param limits none by default */
export function createFactorWorker(startWorker: StartFactorWorker, limits?: WorkerLimits): FactorWorker {
  /** In the order in which the worker answers them. */
  const calls = new Map<number, Call>();
  let worker: RunningWorker | undefined;
  let lastCall = 0;
  let closed = false;
  let callTimer: NodeJS.Timeout | undefined;
  let silenceTimer: NodeJS.Timeout | undefined;

  const shuttingDown = () => new PaperdeskError('SHUTTING_DOWN', 'The service is shutting down.');

  function start(): RunningWorker {
    const started: RunningWorker = startWorker({
      onMessage: (message) => {
        if (worker === started) receive(message);
      },
      onEnd: (cause) => {
        if (worker !== started) return;
        const detail = 'What reads factor models died; the next request starts it again.';
        failOldest(new PaperdeskError('INTERNAL', detail, { cause }));
      },
    });
    return started;
  }

  function receive(message: MessageFromWorker): void {
    watchSilence();
    const call = calls.get(message.call);
    if ('progress' in message) return;
    if ('groups' in message) {
      call?.onGroups?.(message.groups);
      return;
    }
    calls.delete(message.call);
    watchCall();
    if ('result' in message) call?.resolve(message.result as never);
    else call?.reject(new PaperdeskError(message.failure.code, message.failure.detail));
  }

  /** The worker has ended or hangs with the oldest call; another one gets the others. */
  function failOldest(error: PaperdeskError): void {
    worker = undefined;
    const [oldest] = calls.keys();
    if (oldest !== undefined) {
      calls.get(oldest)?.reject(error);
      calls.delete(oldest);
    }
    if (calls.size > 0) worker = start();
    for (const { message } of calls.values()) worker?.send(message);
    watchCall();
  }

  function endHanging(ms: number): void {
    void worker?.end();
    const seconds = Math.round(ms / 1000);
    const detail =
      `The directory could not be read within ${seconds} s. Something in it may hang, for example a file system of ` +
      'another machine; it is looked at again in some minutes, or by a refresh.';
    failOldest(new PaperdeskError('FACTOR_SCAN_TIMEOUT', detail));
  }

  /** The oldest call has begun. */
  function watchCall(): void {
    clearTimeout(callTimer);
    if (calls.size === 0) {
      clearTimeout(silenceTimer);
      worker?.hold(false);
    } else if (limits !== undefined) {
      callTimer = setTimeout(endHanging, limits.callMs, limits.callMs).unref();
      watchSilence();
    }
  }

  function watchSilence(): void {
    if (limits === undefined) return;
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(endHanging, limits.silenceMs, limits.silenceMs).unref();
  }

  return {
    call(name, args, onGroups) {
      if (closed) return Promise.reject(shuttingDown());
      worker ??= start();
      worker.hold(true);
      lastCall += 1;
      const message: MessageToWorker = { call: lastCall, name, args };
      worker.send(message);
      return new Promise((resolve, reject) => {
        calls.set(message.call, { message, resolve, reject, onGroups });
        if (calls.size === 1) watchCall();
      });
    },

    async close() {
      closed = true;
      for (const { reject } of calls.values()) reject(shuttingDown());
      calls.clear();
      const last = worker;
      worker = undefined;
      for (const timer of [callTimer, silenceTimer]) clearTimeout(timer);
      if (last === undefined) return;
      let limit: NodeJS.Timeout | undefined;
      const limited = new Promise<void>((resolve) => {
        limit = setTimeout(resolve, END_LIMIT_MS);
      });
      await Promise.race([last.end(), limited]);
      clearTimeout(limit);
    },
  };
}
