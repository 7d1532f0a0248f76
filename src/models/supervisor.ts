import { PaperdeskError } from '../errors.ts';
import { blame, type Call, CallQueue, newCall, windowsOf } from './call-queue.ts';
import { RestartPause } from './restart-pause.ts';
import { died, endedAsTooSlow, pausing, shuttingDown, tookTooLong, unloaded } from './supervisor-errors.ts';
import type { SupervisorOptions } from './supervisor-options.ts';
import type { WorkerProcess } from './worker-process.ts';
import type { FromWorker, ModelSummary, WorkerAnswers, WorkerRequest } from './worker-protocol.ts';

/**
 * Runs the inference process and sends it calls. When the process dies, a new one gets the interrupted calls once
 * more, one at a time, so that a call which kills the process does not fail others (packages.md#31).
 */
export interface Supervisor {
  /**
   * A request to unload a model ends its calls.
   * @throws the code that the process answers with, INFERENCE_UNAVAILABLE, INFERENCE_DIED, FORECAST_TOO_SLOW, SHUTTING_DOWN
   */
  call<K extends WorkerRequest['kind']>(
    request: Extract<WorkerRequest, { kind: K }>,
  ): Promise<WorkerAnswers[K]>;
  status(): SupervisorStatus;
  /** Rejects pending calls with SHUTTING_DOWN and ends the process. */
  close(): Promise<void>;
}

export interface SupervisorStatus {
  /** resting: the process died several times in a row and is not started again yet. */
  readonly state: 'idle' | 'running' | 'resting' | 'closed';
  readonly pid: number | undefined;
  /** How often the process died so far. */
  readonly deaths: number;
  /** Calls that are computed or waiting. */
  readonly pending: number;
  /** Least recently used first. */
  readonly models: readonly ModelSummary[];
}

/** A removed model may finish what it computes in this time. */
const UNLOAD_GRACE_MS = 1000;
const CLOSE_GRACE_MS = 1000;

/** Creates a supervisor; its process starts at the first call. */
export function createSupervisor({
  settings,
  startWorker,
  log,
  callTimeoutMs,
  computeTimeoutMs,
  answerWithinMs,
  deathsPerCall = 2,
  idleMs,
}: SupervisorOptions): Supervisor {
  const calls = new CallQueue();
  const restart = new RestartPause();
  let worker: WorkerProcess | undefined;
  let models: readonly ModelSummary[] = [];
  let deaths = 0;
  /** Set while the process ends because of one of its calls: the others are not to blame. */
  let isEnding = false;
  let idleTimer: NodeJS.Timeout | undefined;
  let closing: { readonly done: Promise<void>; readonly onExit: () => void } | undefined;

  /** Sends waiting calls to the process, in order, as far as the limits allow. */
  function sendWaiting(): void {
    for (let call = calls.takeNext(); call !== undefined; call = calls.takeNext()) send(call);
  }

  function send(call: Call): void {
    clearTimeout(idleTimer);
    worker ??= start();
    const number = calls.begin(call);
    call.timer = setTimeout(() => {
      log.error({ model: call.model, kind: call.request.kind, callTimeoutMs }, 'the inference process hangs');
      worker?.kill();
    }, callTimeoutMs);
    worker.send({ call: number, request: call.request });
  }

  function start(): WorkerProcess {
    const started: WorkerProcess = startWorker(settings, {
      onMessage: (message) => {
        if (worker === started) receive(message);
      },
      onStderr: (line) => log.warn({ line }, 'the inference process wrote to stderr'),
      onExit: (reason) => {
        // One that was idle ends unnoticed.
        if (worker === started) handleExit(reason);
      },
    });
    log.info({ process: started.pid }, 'the inference process started');
    return started;
  }

  function receive(message: FromWorker): void {
    if (message.kind === 'models') {
      models = message.models;
      return;
    }
    if (message.kind === 'computing') {
      startComputing(message.call);
      return;
    }
    const call = calls.end(message.call);
    if (call === undefined) return;
    restart.forgetDeaths();
    if (message.kind === 'answer') call.resolve(message.value);
    else call.reject(new PaperdeskError(message.code, message.detail));
    sendWaiting();
    if (calls.inFlight === 0 && idleMs !== undefined) idleTimer = setTimeout(endIdle, idleMs).unref();
  }

  function startComputing(number: number): void {
    const call = calls.find(number);
    if (call === undefined) return;
    call.isComputing = true;
    if (computeTimeoutMs === undefined) return;
    clearTimeout(call.timer);
    const limitMs = computeTimeoutMs * windowsOf(call.request);
    call.timer = setTimeout(() => endWith(number, endedAsTooSlow(call.model, limitMs)), limitMs);
  }

  /** Fails a call that was sent, and ends the process that works on it. */
  function endWith(number: number, error: PaperdeskError): void {
    const call = calls.end(number);
    if (call === undefined) return;
    log.error({ err: error, model: call.model, kind: call.request.kind }, 'the inference process is ended');
    call.reject(error);
    isEnding = true;
    worker?.kill();
  }

  /** Fails the calls of a model; one that is computed may still end within a moment. */
  function endCallsOf(model: string): void {
    const isOfModel = (call: Call) => call.model === model && call.request.kind !== 'unload';
    for (const call of calls.takeWaiting(isOfModel)) call.reject(unloaded(model));
    for (const number of calls.numbersOf(isOfModel)) {
      setTimeout(() => endWith(number, unloaded(model)), UNLOAD_GRACE_MS).unref();
    }
  }

  function endIdle(): void {
    const last = worker;
    worker = undefined;
    models = [];
    last?.disconnect();
  }

  function handleExit(reason: string): void {
    worker = undefined;
    models = [];
    if (closing !== undefined) {
      closing.onExit();
      return;
    }
    deaths++;
    if (!isEnding) restart.countDeath();
    const { deathsInARow } = restart;
    const interrupted = calls.endAll();
    log.error({ reason, deathsInARow, interrupted: interrupted.length }, 'the inference process died');
    if (!isEnding) blame(interrupted);
    const again = interrupted.filter((call) => call.deaths < deathsPerCall);
    for (const call of interrupted) if (!again.includes(call)) call.reject(died(reason, call.deaths));
    calls.addFirst(again);
    isEnding = false;
    // Starting again did not help: calls are refused for a while.
    if (restart.begin()) for (const call of calls.takeWaiting()) call.reject(pausing(restart.ms!));
    else sendWaiting();
  }

  /** The process goes on with a call that it has begun. */
  function giveUp(call: Call): void {
    calls.takeWaiting((one) => one === call);
    call.reject(tookTooLong(answerWithinMs!));
  }

  function state(): SupervisorStatus['state'] {
    if (closing !== undefined) return 'closed';
    if (restart.ms !== undefined) return 'resting';
    return worker === undefined ? 'idle' : 'running';
  }

  return {
    call: <K extends WorkerRequest['kind']>(request: Extract<WorkerRequest, { kind: K }>) =>
      new Promise<WorkerAnswers[K]>((resolve, reject) => {
        if (closing !== undefined) return reject(shuttingDown());
        if (restart.ms !== undefined) return reject(pausing(restart.ms));
        const model = 'files' in request ? request.files.id : request.id;
        if (request.kind === 'unload') endCallsOf(model);
        // The process answers each kind of request with the value of that kind.
        const call = newCall({ request, model }, (value) => resolve(value as WorkerAnswers[K]), reject);
        if (answerWithinMs !== undefined)
          call.answerTimer = setTimeout(() => giveUp(call), answerWithinMs).unref();
        calls.add(call);
        sendWaiting();
      }),
    status: () => ({
      state: state(),
      pid: worker?.pid,
      deaths,
      pending: calls.pending,
      models,
    }),
    close() {
      if (closing !== undefined) return closing.done;
      let onExit = () => {};
      const done = new Promise<void>((resolve) => {
        onExit = resolve;
      });
      closing = { done, onExit };
      restart.close();
      clearTimeout(idleTimer);
      for (const call of [...calls.endAll(), ...calls.takeWaiting()]) call.reject(shuttingDown());
      const last = worker;
      if (last === undefined) {
        onExit();
      } else {
        last.disconnect();
        setTimeout(() => last.kill(), CLOSE_GRACE_MS).unref();
      }
      return done;
    },
  };
}
