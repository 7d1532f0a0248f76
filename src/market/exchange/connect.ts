import { PaperdeskError } from '../../errors.ts';
import type { Log } from '../../runtime/log.ts';
import { DIRECT, type Outgoing } from '../../runtime/outgoing/outgoing.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import { createLazyClient, type Endpoints } from './ccxt-client.ts';
import { createExchangeClock } from './clock.ts';
import { EXCHANGE_IDS, EXCHANGES, type ExchangeTraits, isExchangeId } from './exchanges.ts';
import { malformed } from './failure.ts';
import { createRequestGuard, type WeightUse } from './request-guard.ts';
import { createTransport, TRANSPORT_LIMITS, type TransportLimits } from './transport.ts';

export interface ExchangeOptions {
  /** ccxt id of a supported exchange. */
  readonly id: string;
  /** Addresses that replace the exchange's own; both or neither. */
  readonly restUrl?: string | undefined;
  readonly wsUrl?: string | undefined;
  /** Without proxies by default. */
  readonly outgoing?: Outgoing;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly limits?: TransportLimits;
  /** Whether ccxt spaces requests by the exchange's rules; true by default. */
  readonly throttle?: boolean;
}

/** The parts of an exchange that send requests. @throws PaperdeskError VALIDATION */
export function connect(options: ExchangeOptions) {
  const { id, clock, timers, log, limits = TRANSPORT_LIMITS, outgoing = DIRECT } = options;
  if (!isExchangeId(id)) {
    throw new PaperdeskError('VALIDATION', `EXCHANGE=${id} is not one of ${EXCHANGE_IDS.join(', ')}.`);
  }
  const traits: ExchangeTraits = EXCHANGES[id];
  const closing = new AbortController();
  let lastWeight: WeightUse | undefined;
  const weight = () => lastWeight;
  const noteWeight = (headers: Headers) => {
    lastWeight = weightOf(traits, headers, clock) ?? lastWeight;
  };
  const endpoints = endpointsOf(options);
  const client = createLazyClient({
    id,
    traits,
    endpoints,
    transport: createTransport(outgoing.fetch, limits, noteWeight, closing.signal),
    agentFor: outgoing.agentFor,
    timeoutMs: limits.totalMs + 1000,
    throttle: options.throttle ?? true,
  });
  const guard = createRequestGuard({ clock, timers, log, weight, closing: closing.signal });
  const exchangeClock = createExchangeClock(clock, timers.monotonic, () =>
    guard.run(async () => serverTimeOf(await client.fetchTime())),
  );
  const { restUrl, wsUrl } = endpoints ?? traits;
  const proxies = { rest: outgoing.proxyOf(restUrl), stream: outgoing.proxyOf(wsUrl) };
  return { id, traits, client, guard, exchangeClock, weight, proxies, closing };
}

function endpointsOf({ restUrl, wsUrl }: ExchangeOptions): Endpoints | undefined {
  if (restUrl === undefined && wsUrl === undefined) return undefined;
  if (restUrl === undefined || wsUrl === undefined) {
    throw new PaperdeskError(
      'VALIDATION',
      'EXCHANGE_REST_URL and EXCHANGE_WS_URL must be given together, else candles would come from two markets.',
    );
  }
  return { restUrl, wsUrl };
}

function weightOf({ weight }: ExchangeTraits, headers: Headers, clock: Clock): WeightUse | undefined {
  const value = weight === undefined ? null : headers.get(weight.header);
  if (weight === undefined || value === null || !/^\d{1,9}$/.test(value)) return undefined;
  return { used: Number(value), perMinute: weight.perMinute, at: clock() };
}

function serverTimeOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw malformed('the time of the exchange is not a time in ms');
}
