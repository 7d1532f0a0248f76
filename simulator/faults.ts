/** The endpoints that faults can be scripted for. */
export type Endpoint =
  | 'ping'
  | 'time'
  | 'exchangeInfo'
  | 'klines'
  | 'fundingRate'
  | 'premiumIndex'
  | 'ticker';

export type Fault =
  /** Another status with a body as Binance sends it. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** A page of HTML with status 200 (or another), as proxies send it. */
  | { readonly kind: 'html'; readonly status?: number }
  /** The first half of the JSON, with a matching content length. */
  | { readonly kind: 'truncated' }
  /** The connection is reset; with `midBody` after half of the answer. */
  | { readonly kind: 'reset'; readonly midBody?: boolean }
  /** The whole answer, late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** No answer. */
  | { readonly kind: 'hang' }
  /** The answer a few bytes at a time. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** A list without its rows. */
  | { readonly kind: 'empty' }
  /** A list with each row twice. */
  | { readonly kind: 'duplicated' }
  /** A list in another order. */
  | { readonly kind: 'unsorted' }
  /** A list that begins before the requested time. */
  | { readonly kind: 'overlapping' }
  /** Rows of another symbol. */
  | { readonly kind: 'wrong-symbol' }
  /** Rows with impossible numbers. */
  | { readonly kind: 'garbage' }
  /** A list that ends with a candle that has not begun. */
  | { readonly kind: 'future' }
  /** A list without the candles (or settlements) that open from `from` to `to`, both included. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** The exchange's clock is wrong for this answer. */
  | { readonly kind: 'clock'; readonly offsetMs: number };

export interface FaultRule {
  readonly endpoint: Endpoint | '*';
  readonly fault: Fault;
  /** How many answers have the fault; 1 by default. */
  readonly times?: number;
  /** How many answers have no fault before; 0 by default. */
  readonly after?: number;
}

/** The pending faults. Rules for the same endpoint apply one after the other, the oldest first. */
export interface FaultScript {
  add(...rules: readonly FaultRule[]): void;
  /** Takes the fault for the next answer of `endpoint`. */
  take(endpoint: Endpoint): Fault | undefined;
  clear(): void;
  /** Rules that are not used up. */
  readonly pending: number;
}

export function createFaultScript(rules: readonly FaultRule[] = []): FaultScript {
  let waiting = rules.map((rule) => ({ rule, after: rule.after ?? 0, times: rule.times ?? 1 }));
  return {
    add(...more) {
      waiting.push(...more.map((rule) => ({ rule, after: rule.after ?? 0, times: rule.times ?? 1 })));
    },
    take(endpoint) {
      const entry = waiting.find(({ rule }) => rule.endpoint === '*' || rule.endpoint === endpoint);
      if (entry === undefined) return undefined;
      if (entry.after > 0) {
        entry.after -= 1;
        return undefined;
      }
      entry.times -= 1;
      if (entry.times <= 0) waiting = waiting.filter((other) => other !== entry);
      return entry.rule.fault;
    },
    clear() {
      waiting = [];
    },
    get pending() {
      return waiting.length;
    },
  };
}
