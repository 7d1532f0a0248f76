import type { PaperdeskError } from '../errors.ts';
import { MAX_MEASURED, type WorkerAnswer, type WorkerRequest } from './worker-protocol.ts';

/** A call of the inference process until it is answered. */
export interface Call {
  readonly request: WorkerRequest;
  readonly model: string;
  readonly resolve: (value: WorkerAnswer) => void;
  readonly reject: (error: PaperdeskError) => void;
  /** Processes that died while they computed this call. */
  deaths: number;
  /** Whether the process computes it now: its model is loaded, and no other call is computed. */
  isComputing: boolean;
  /** Ends the process, unless the call ends before. */
  timer?: NodeJS.Timeout;
  /** Ends the wait for its answer. */
  answerTimer?: NodeJS.Timeout | undefined;
}

/** A call that nothing has happened to; its answer ends the wait for it. */
export function newCall(
  { request, model }: Pick<Call, 'request' | 'model'>,
  resolve: Call['resolve'],
  reject: Call['reject'],
): Call {
  const call: Call = {
    ...{ request, model, deaths: 0, isComputing: false },
    resolve(value) {
      clearTimeout(call.answerTimer);
      resolve(value);
    },
    reject(error) {
      clearTimeout(call.answerTimer);
      reject(error);
    },
  };
  return call;
}

/** The windows that a request computes. */
export function windowsOf(request: WorkerRequest): number {
  if (request.kind === 'measure') return MAX_MEASURED;
  return request.kind === 'forecast' ? request.batch : 1;
}

/** Counts the death of a process with the calls that it had: those that were computed, or all if none was. */
export function blame(interrupted: readonly Call[]): void {
  const computed = interrupted.filter(({ isComputing }) => isComputing);
  for (const call of computed.length > 0 ? computed : interrupted) call.deaths += 1;
}

/** Calls of different models that the process gets at the same time; calls of one model run one after the other. */
const MAX_IN_FLIGHT = 8;

/** Calls in the order in which they came: those that wait, and those that the process has. */
export class CallQueue {
  readonly #waiting: Call[] = [];
  readonly #inFlight = new Map<number, Call>();
  #lastNumber = 0;

  /** Calls that wait or that the process has. */
  get pending(): number {
    return this.#waiting.length + this.#inFlight.size;
  }

  /** Calls that the process has. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  add(call: Call): void {
    this.#waiting.push(call);
  }

  /** Puts calls before all that wait. */
  addFirst(calls: readonly Call[]): void {
    this.#waiting.unshift(...calls);
  }

  /** Takes the next call that the process may get now; one at a time where a call may be what kills the process. */
  takeNext(): Call | undefined {
    const inFlight = [...this.#inFlight.values()];
    const isSuspicious = [...inFlight, ...this.#waiting].some(({ deaths }) => deaths > 0);
    if (inFlight.length >= (isSuspicious ? 1 : MAX_IN_FLIGHT)) return undefined;
    const index = this.#waiting.findIndex(({ model }) => !inFlight.some((one) => one.model === model));
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  /** Notes that the process gets a call, and returns its number. */
  begin(call: Call): number {
    call.isComputing = false;
    this.#inFlight.set(++this.#lastNumber, call);
    return this.#lastNumber;
  }

  /** The call with this number, if the process has it. */
  find(number: number): Call | undefined {
    return this.#inFlight.get(number);
  }

  /** Numbers of calls that the process has. */
  numbersOf(isWanted: (call: Call) => boolean): number[] {
    return [...this.#inFlight].filter(([, call]) => isWanted(call)).map(([number]) => number);
  }

  /** Takes a call from the process; undefined if the process does not have it. */
  end(number: number): Call | undefined {
    const call = this.#inFlight.get(number);
    this.#inFlight.delete(number);
    clearTimeout(call?.timer);
    return call;
  }

  /** Takes all calls from the process. */
  endAll(): Call[] {
    const calls = [...this.#inFlight.values()];
    this.#inFlight.clear();
    for (const { timer } of calls) clearTimeout(timer);
    return calls;
  }

  /** Takes waiting calls out of the queue; all of them unless told which. */
  takeWaiting(isWanted: (call: Call) => boolean = () => true): Call[] {
    const taken = this.#waiting.filter(isWanted);
    for (const call of taken) this.#waiting.splice(this.#waiting.indexOf(call), 1);
    return taken;
  }
}
