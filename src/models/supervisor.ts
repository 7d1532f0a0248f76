import { PaperdeskError } from '../errors.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { StartWorker, WorkerProcess } from './worker-process.ts';
import type {
  FromWorker,
  ModelSummary,
  WorkerAnswer,
  WorkerAnswers,
  WorkerRequest,
  WorkerSettings,
} from './worker-protocol.ts';

/**
 * Runs the inference process and sends it calls. When the process dies, a new one gets the interrupted calls once
 * more, one at a time, so that a call which kills the process does not fail others (packages.md#31).
 */
export interface Supervisor {
  /** @throws the code that the process answers with, INFERENCE_UNAVAILABLE, SHUTTING_DOWN */
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
  /** A call that takes longer ends the process, which is assumed to hang. */
  readonly callTimeoutMs: number;
}

interface Call {
  readonly request: WorkerRequest;
  readonly model: string;
  readonly resolve: (value: WorkerAnswer) => void;
  readonly reject: (error: PaperdeskError) => void;
  /** Processes that died while they computed this call. */
  deaths: number;
  timer?: NodeJS.Timeout;
}

/** Calls of different models that the process gets at the same time; calls of one model run one after the other. */
const MAX_IN_FLIGHT = 8;
/** A call that saw this many processes die is not tried again. */
const MAX_DEATHS_PER_CALL = 2;
/** After so many deaths in a row the process still starts again at once. */
const DEATHS_WITHOUT_PAUSE = 2;
const RESTART_PAUSE = { firstMs: 1000, longestMs: 30_000 };
const CLOSE_GRACE_MS = 2000;

/** Creates a supervisor; its process starts at the first call. */
export function createSupervisor({
  settings,
  startWorker,
  log,
  callTimeoutMs,
}: SupervisorOptions): Supervisor {
  const waiting: Call[] = [];
  const inFlight = new Map<number, Call>();
  let worker: WorkerProcess | undefined;
  let models: readonly ModelSummary[] = [];
  let lastCall = 0;
  let deaths = 0;
  let deathsInARow = 0;
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
    const started = startWorker(settings, {
      onMessage: receive,
      onStderr: (line) => log.warn({ line }, 'the inference process wrote to stderr'),
      onExit: handleExit,
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
    inFlight.delete(message.call);
    clearTimeout(call.timer);
    deathsInARow = 0;
    if (message.kind === 'answer') call.resolve(message.value);
    else call.reject(new PaperdeskError(message.code, message.detail));
    sendWaiting();
  }

  function handleExit(reason: string): void {
    worker = undefined;
    models = [];
    if (closing !== undefined) {
      closing.onExit();
      return;
    }
    deaths++;
    deathsInARow++;
    log.error({ reason, deathsInARow, interrupted: inFlight.size }, 'the inference process died');
    const again: Call[] = [];
    for (const call of inFlight.values()) {
      clearTimeout(call.timer);
      call.deaths++;
      if (call.deaths < MAX_DEATHS_PER_CALL) again.push(call);
      else call.reject(diedTwice(reason));
    }
    inFlight.clear();
    waiting.unshift(...again);
    if (deathsInARow > DEATHS_WITHOUT_PAUSE) startPause();
    else sendWaiting();
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
        waiting.push({
          request,
          model: 'files' in request ? request.files.id : request.id,
          // The process answers each kind of request with the value of that kind.
          resolve: (value) => resolve(value as WorkerAnswers[K]),
          reject,
          deaths: 0,
        });
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

function shuttingDown(): PaperdeskError {
  return new PaperdeskError(
    'SHUTTING_DOWN',
    'The service is shutting down; no forecast is computed any more.',
  );
}

function pausing(ms: number): PaperdeskError {
  const seconds = Math.ceil(ms / 1000);
  return new PaperdeskError(
    'INFERENCE_UNAVAILABLE',
    `The inference process died several times in a row and is not started again for up to ${seconds} s.`,
    { retryAfterSeconds: seconds },
  );
}

function diedTwice(reason: string): PaperdeskError {
  return new PaperdeskError(
    'INFERENCE_UNAVAILABLE',
    `The inference process died (${reason}) for the second time while it computed this; try again later.`,
    { retryAfterSeconds: 5 },
  );
}
