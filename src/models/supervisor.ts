import { PaperdeskError } from '../errors.ts';
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
 * Keeps an inference process for the calls there are. When it dies, it is started again and the calls it had are
 * tried once more, one at a time, so that one which kills the process takes no other along.
 */
export interface Supervisor {
  /** @throws the code that the process answers with, INFERENCE_UNAVAILABLE, SHUTTING_DOWN */
  call<K extends WorkerRequest['kind']>(
    request: Extract<WorkerRequest, { kind: K }>,
  ): Promise<WorkerAnswers[K]>;
  status(): SupervisorStatus;
  /** Rejects what is pending with SHUTTING_DOWN and ends the process. */
  close(): Promise<void>;
}

export interface SupervisorStatus {
  /** resting: the process died several times in a row and is not started again yet. */
  readonly state: 'idle' | 'running' | 'resting' | 'closed';
  readonly pid: number | undefined;
  /** How often the process died so far. */
  readonly deaths: number;
  /** Calls being computed and calls waiting for that. */
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
  /** A call that takes longer ends the process, which is taken to hang. */
  readonly callTimeoutMs: number;
}

interface Call {
  readonly request: WorkerRequest;
  readonly model: string;
  readonly settle: (value: WorkerAnswer) => void;
  readonly reject: (error: PaperdeskError) => void;
  /** Processes that died while they computed this call. */
  deaths: number;
  timer?: NodeJS.Timeout;
}

/** Calls of different models that the process has at the same time; calls of one model follow each other. */
const MOST_IN_FLIGHT = 8;
/** A call that saw this many processes die is not tried again. */
const MOST_DEATHS_PER_CALL = 2;
/** After so many deaths in a row the process is still started again at once. */
const DEATHS_FORGIVEN = 2;
const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 30_000;
const CLOSE_GRACE_MS = 2000;

/** A supervisor without a process; that is started at the first call. */
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
  let rest: { readonly timer: NodeJS.Timeout; readonly ms: number } | undefined;
  let closing: { readonly done: Promise<void>; readonly onExit: () => void } | undefined;

  /** Hands waiting calls to the process, in order, as far as it may have more. */
  function pump(): void {
    const suspect = [...inFlight.values(), ...waiting].some((call) => call.deaths > 0);
    const most = suspect ? 1 : MOST_IN_FLIGHT;
    const busy = new Set([...inFlight.values()].map((call) => call.model));
    for (let index = 0; index < waiting.length && inFlight.size < most; ) {
      const call = waiting[index]!;
      if (busy.has(call.model)) {
        index++;
      } else {
        waiting.splice(index, 1);
        busy.add(call.model);
        dispatch(call);
      }
    }
  }

  function dispatch(call: Call): void {
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
      onStderr: (line) => log.warn({ line }, 'the inference process says'),
      onExit: died,
    });
    log.info({ pid: started.pid }, 'the inference process is started');
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
    if (message.kind === 'answer') call.settle(message.value);
    else call.reject(new PaperdeskError(message.code, message.detail));
    pump();
  }

  function died(reason: string): void {
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
      if (call.deaths < MOST_DEATHS_PER_CALL) again.push(call);
      else call.reject(unavailable(reason));
    }
    inFlight.clear();
    waiting.unshift(...again);
    if (deathsInARow > DEATHS_FORGIVEN) takeRest();
    else pump();
  }

  /** Something is wrong that starting again does not mend: wait, longer each time, and say so to who asks. */
  function takeRest(): void {
    const ms = Math.min(FIRST_REST_MS * 2 ** (deathsInARow - DEATHS_FORGIVEN - 1), LONGEST_REST_MS);
    for (const call of waiting.splice(0)) call.reject(resting(ms));
    const timer = setTimeout(() => {
      rest = undefined;
    }, ms).unref();
    rest = { timer, ms };
  }

  function state(): SupervisorStatus['state'] {
    if (closing !== undefined) return 'closed';
    if (rest !== undefined) return 'resting';
    return worker === undefined ? 'idle' : 'running';
  }

  return {
    call: <K extends WorkerRequest['kind']>(request: Extract<WorkerRequest, { kind: K }>) =>
      new Promise<WorkerAnswers[K]>((resolve, reject) => {
        if (closing !== undefined) return reject(shuttingDown());
        if (rest !== undefined) return reject(resting(rest.ms));
        waiting.push({
          request,
          model: 'files' in request ? request.files.id : request.id,
          // The process answers each kind of request with the value that belongs to it.
          settle: (value) => resolve(value as WorkerAnswers[K]),
          reject,
          deaths: 0,
        });
        pump();
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
      clearTimeout(rest?.timer);
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
  return new PaperdeskError('SHUTTING_DOWN', 'The service is shutting down and computes nothing any more.');
}

function resting(ms: number): PaperdeskError {
  const seconds = Math.ceil(ms / 1000);
  return new PaperdeskError(
    'INFERENCE_UNAVAILABLE',
    `The inference process died several times in a row and is not started again for up to ${seconds} s.`,
    { retryAfterSeconds: seconds },
  );
}

function unavailable(reason: string): PaperdeskError {
  return new PaperdeskError(
    'INFERENCE_UNAVAILABLE',
    `The inference process died (${reason}) for the second time while it computed this; try again later.`,
    { retryAfterSeconds: 5 },
  );
}
