import underPressure from '@fastify/under-pressure';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { PaperdeskError } from '../../errors.ts';

const RETRY_AFTER_SECONDS = 5;
/** How often the delay is measured; after an interval without a sample it is told as infinite. */
const SAMPLE_INTERVAL_MS = 1000;
/** Most take less than a millisecond, some twenty. */
const PER_TURN = 2;
/** Process managers must learn that the service lives, however much it has to do. */
const AT_ONCE: ReadonlySet<string | undefined> = new Set(['/health', '/api/health']);

/**
 * Lets a few requests begin in each turn of the event loop, so that a hundred that come together do not keep it from all
 * else for as long as they take; and answers 503 with Retry-After while the process cannot keep up, instead of queueing
 * without end.
 */
export const overload = fp(
  async (app, { maxDelayMs }: { readonly maxDelayMs: number }) => {
    const takeTurn = createTurns();

    function refuse(request: FastifyRequest, type: string, value: unknown): PaperdeskError {
      request.log.warn({ type, value }, 'the service is overloaded');
      return new PaperdeskError(
        'OVERLOADED',
        'The service has more to do than it can at the moment; try again.',
        { retryAfterSeconds: RETRY_AFTER_SECONDS },
      );
    }

    app.addHook('onRequest', (request, _reply, done) => {
      if (AT_ONCE.has(request.routeOptions.url)) return done();
      takeTurn((waitedMs) => (waitedMs > maxDelayMs ? done(refuse(request, 'waiting', waitedMs)) : done()));
    });
    await app.register(underPressure, {
      maxEventLoopDelay: maxDelayMs,
      sampleInterval: SAMPLE_INTERVAL_MS,
      pressureHandler: (request, _reply, type, value) => {
        if (AT_ONCE.has(request.routeOptions.url)) return;
        // Without a sample it is known only that the delay was longer than an interval.
        if (value === Number.POSITIVE_INFINITY && maxDelayMs > SAMPLE_INTERVAL_MS) return;
        throw refuse(request, type, value);
      },
    });
  },
  { name: 'overload' },
);

/** Taking those that are gone off the list one by one would copy it each time. */
const CLEARED_AFTER = 1000;

/** Calls back one after the other, a few in each turn, with how long each had to wait for that, ms. */
function createTurns(): (begin: (waitedMs: number) => void) => void {
  const waiting: { readonly begin: (waitedMs: number) => void; readonly since: number }[] = [];
  /** Of those that wait, whose turn is next; the ones before are gone. */
  let at = 0;

  function turn(): void {
    const now = performance.now();
    const begun = waiting.slice(at, at + PER_TURN);
    at += begun.length;
    if (at < waiting.length) setImmediate(turn);
    if (at === waiting.length || at >= CLEARED_AFTER) {
      waiting.splice(0, at);
      at = 0;
    }
    for (const { begin, since } of begun) begin(now - since);
  }

  return (begin) => {
    waiting.push({ begin, since: performance.now() });
    if (waiting.length - at === 1) setImmediate(turn);
  };
}
