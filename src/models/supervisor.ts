import { PaperdeskError } from '../errors.ts';
import { backoffMs } from '../runtime/backoff.ts';
import { died, endedAsTooSlow, pausing, shuttingDown, tookTooLong, unloaded } from './supervisor-errors.ts';
import type { StartWorker, WorkerProcess } from './worker-process.ts';
import {
  type FromWorker,
  MAX_MEASURED,
  type ModelSummary,
  type WorkerAnswer,
  type WorkerAnswers,
  type WorkerRequest,
  type WorkerSettings,
} from './worker-protocol.ts';

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

export interface InferenceLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface SupervisorOptions {
  readonly settings: WorkerSettings;
  readonly startWorker: StartWorker;
  readonly log: InferenceLog;
  /** A call that takes longer until its model is loaded ends the process, which is assumed to hang. */
  readonly callTimeoutMs: number;
  /** A computation that takes longer, for each of its windows, is ended with the process, and not tried again. */
  readonly computeTimeoutMs?: number;
  /** A call that waits longer than this for its answer fails with INFERENCE_UNAVAILABLE. */
  readonly answerWithinMs?: number;
  /** A call that saw this many processes die is not tried again; 2 by default. */
  readonly deathsPerCall?: number;
  /** The process ends after this time without calls, to free its memory. */
  readonly idleMs?: number;
}

interface Call {
  readonly request: WorkerRequest;
  readonly model: string;
  readonly resolve: (value: WorkerAnswer) => void;
  readonly reject: (error: PaperdeskError) => void;
  /** Processes that died while they computed this call. */
  deaths: number;
  /** Whether the process computes it now: its model is loaded, and no other call is computed. */
  isComputing: boolean;
  timer?: NodeJS.Timeout;
  /** Ends the wait for its answer. */
  answerTimer?: NodeJS.Timeout | undefined;
}

/** Calls of different models that the process gets at the same time; calls of one model run one after the other. */
const MAX_IN_FLIGHT = 8;
/** A removed model may finish what it computes in this time. */
const UNLOAD_GRACE_MS = 1000;
/** After so many deaths in a row the process still starts again at once. */
const DEATHS_WITHOUT_PAUSE = 2;
const RESTART_PAUSE = { firstMs: 1000, longestMs: 30_000 };
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
  const waiting: Call[] = [];
  const inFlight = new Map<number, Call>();
  let worker: WorkerProcess | undefined;
  let models: readonly ModelSummary[] = [];
  let lastCall = 0;
  let deaths = 0;
  let deathsInARow = 0;
  /** Set while the process ends because of one of its calls: the others are not to blame. */
  let isEnding = false;
  let idleTimer: NodeJS.Timeout | undefined;
  let pause: { readonly timer: NodeJS.Timeout; readonly ms: number } | undefined;
  let closing: { readonly done: Promise<void>; readonly onExit: () => void } | undefined;

  /** Sends waiting calls to the process, in order, as far as the limits allow. */
  function sendWaiting(): void {
    const isSuspicious = [...inFlight.values(), ...waiting].some((call) => call.deaths > 0);
    const limit = isSuspicious ? 1 : MAX_IN_FLIGHT;
    const busy = new Set([...inFlight.values()].map((call) => call.model));
    for (let index = 0; index < waiting.length && inFlight.size < limit; ) {
      const call = waiting[index]!;
      if (busy.has(call.model)) {
        index++;
      } else {
        waiting.splice(index, 1);
        busy.add(call.model);
        send(call);
      }
    }
  }

  function send(call: Call): void {
    clearTimeout(idleTimer);
    worker ??= start();
    const number = ++lastCall;
    inFlight.set(number, call);
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
    log.info({ pid: started.pid }, 'the inference process started');
    return started;
  }

  function receive(message: FromWorker): void {
    if (message.kind === 'models') {
      models = message.models;
      return;
    }
    const call = inFlight.get(message.call);
    if (call === undefined) return;
    if (message.kind === 'computing') {
      startComputing(call, message.call);
      return;
    }
    inFlight.delete(message.call);
    clearTimeout(call.timer);
    deathsInARow = 0;
    if (message.kind === 'answer') call.resolve(message.value);
    else call.reject(new PaperdeskError(message.code, message.detail));
    sendWaiting();
    if (inFlight.size === 0 && idleMs !== undefined) idleTimer = setTimeout(endIdle, idleMs).unref();
  }

  function startComputing(call: Call, number: number): void {
    call.isComputing = true;
    if (computeTimeoutMs === undefined) return;
    clearTimeout(call.timer);
    const limitMs = computeTimeoutMs * windowsOf(call.request);
    call.timer = setTimeout(() => endWith(number, endedAsTooSlow(call.model, limitMs)), limitMs);
  }

  /** Fails a call that was sent, and ends the process that works on it. */
  function endWith(number: number, error: PaperdeskError): void {
    const call = inFlight.get(number);
    if (call === undefined) return;
    log.error({ err: error, model: call.model, kind: call.request.kind }, 'the inference process is ended');
    inFlight.delete(number);
    clearTimeout(call.timer);
    call.reject(error);
    isEnding = true;
    worker?.kill();
  }

  /** Fails the calls of a model; one that is computed may still end within a moment. */
  function endCallsOf(model: string): void {
    const isOfModel = (call: Call) => call.model === model && call.request.kind !== 'unload';
    for (const call of waiting.filter(isOfModel)) {
      waiting.splice(waiting.indexOf(call), 1);
      call.reject(unloaded(model));
    }
    for (const [number, call] of inFlight) {
      if (isOfModel(call)) setTimeout(() => endWith(number, unloaded(model)), UNLOAD_GRACE_MS).unref();
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
    if (!isEnding) deathsInARow++;
    log.error({ reason, deathsInARow, interrupted: inFlight.size }, 'the inference process died');
    const again: Call[] = [];
    const interrupted = [...inFlight.values()];
    const computing = interrupted.filter(({ isComputing }) => isComputing);
    for (const call of interrupted) {
      clearTimeout(call.timer);
      const isSuspect = !isEnding && (computing.length === 0 || call.isComputing);
      call.deaths += Number(isSuspect);
      call.isComputing = false;
      if (call.deaths < deathsPerCall) again.push(call);
      else call.reject(died(reason, call.deaths));
    }
    inFlight.clear();
    isEnding = false;
    waiting.unshift(...again);
    if (deathsInARow > DEATHS_WITHOUT_PAUSE) startPause();
    else sendWaiting();
  }

  /** The process goes on with a call that it has begun. */
  function giveUp(call: Call): void {
    const index = waiting.indexOf(call);
    if (index >= 0) waiting.splice(index, 1);
    call.reject(tookTooLong(answerWithinMs!));
  }

  /** Starting again did not help: calls are refused for a while, longer each time. */
  function startPause(): void {
    const ms = backoffMs(RESTART_PAUSE, deathsInARow - DEATHS_WITHOUT_PAUSE);
    for (const call of waiting.splice(0)) call.reject(pausing(ms));
    const timer = setTimeout(() => {
      pause = undefined;
    }, ms).unref();
    pause = { timer, ms };
  }

  function state(): SupervisorStatus['state'] {
    if (closing !== undefined) return 'closed';
    if (pause !== undefined) return 'resting';
    return worker === undefined ? 'idle' : 'running';
  }

  return {
    call: <K extends WorkerRequest['kind']>(request: Extract<WorkerRequest, { kind: K }>) =>
      new Promise<WorkerAnswers[K]>((resolve, reject) => {
        if (closing !== undefined) return reject(shuttingDown());
        if (pause !== undefined) return reject(pausing(pause.ms));
        const model = 'files' in request ? request.files.id : request.id;
        if (request.kind === 'unload') endCallsOf(model);
        const call: Call = {
          ...{ request, model },
          // The process answers each kind of request with the value of that kind.
          resolve: (value) => {
            clearTimeout(call.answerTimer);
            resolve(value as WorkerAnswers[K]);
          },
          reject: (error) => {
            clearTimeout(call.answerTimer);
            reject(error);
          },
          deaths: 0,
          isComputing: false,
        };
        if (answerWithinMs !== undefined)
          call.answerTimer = setTimeout(() => giveUp(call), answerWithinMs).unref();
        waiting.push(call);
        sendWaiting();
      }),
    status: () => ({
      state: state(),
      pid: worker?.pid,
      deaths,
      pending: inFlight.size + waiting.length,
      models,
    }),
    close() {
      if (closing !== undefined) return closing.done;
      let onExit = () => {};
      const done = new Promise<void>((resolve) => {
        onExit = resolve;
      });
      closing = { done, onExit };
      clearTimeout(pause?.timer);
      clearTimeout(idleTimer);
      for (const call of [...inFlight.values(), ...waiting.splice(0)]) {
        clearTimeout(call.timer);
        call.reject(shuttingDown());
      }
      inFlight.clear();
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

/** The windows that a request computes. */
function windowsOf(request: WorkerRequest): number {
  if (request.kind === 'measure') return MAX_MEASURED;
  return request.kind === 'forecast' ? request.batch : 1;
}
