import underPressure from '@fastify/under-pressure';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { PaperdeskError } from '../../errors.ts';
import { HEALTH_URLS } from '../health/routes.ts';

const RETRY_AFTER_SECONDS = 5;
/** Interval of event loop delay samples. Until a sample is available, the delay is reported as infinite. */
const SAMPLE_INTERVAL_MS = 1000;
/** Most requests take less than a millisecond, some take twenty. */
const REQUESTS_PER_TICK = 2;

const isExempt = ({ routeOptions }: FastifyRequest) => HEALTH_URLS.some((url) => url === routeOptions.url);

/**
 * Keeps the event loop responsive (http.md#8): requests start a few per tick, so that many simultaneous requests do
 * not block everything else. A request that waits too long, or arrives while the event loop is behind, is answered
 * with 503 and Retry-After.
 */
export const overload = fp(
  async (app, { maxDelayMs }: { readonly maxDelayMs: number }) => {
    const enqueue = createTickQueue();

    function refuse(request: FastifyRequest, type: string, value: unknown): PaperdeskError {
      request.log.warn({ type, value }, 'request refused: the service is overloaded');
      return new PaperdeskError('OVERLOADED', 'The service is overloaded; try again in a few seconds.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }

    app.addHook('onRequest', (request, _reply, done) => {
      if (isExempt(request)) return done();
      enqueue((waitedMs) => (waitedMs > maxDelayMs ? done(refuse(request, 'waiting', waitedMs)) : done()));
    });
    await app.register(underPressure, {
      maxEventLoopDelay: maxDelayMs,
      sampleInterval: SAMPLE_INTERVAL_MS,
      pressureHandler: (request, _reply, type, value) => {
        if (isExempt(request)) return;
        // No sample only means that the delay exceeds one interval, which may still be allowed.
        if (value === Number.POSITIVE_INFINITY && maxDelayMs > SAMPLE_INTERVAL_MS) return;
        throw refuse(request, type, value);
      },
    });
  },
  { name: 'overload' },
);

type Start = (waitedMs: number) => void;

/** The array is compacted only now and then, because each compaction copies it. */
const COMPACT_AFTER = 1000;

/** A first-in-first-out queue that starts a few entries per tick of the event loop and tells each how long it waited. */
function createTickQueue(): (start: Start) => void {
  const queue: { readonly start: Start; readonly since: number }[] = [];
  /** Index of the next entry; earlier entries have started. */
  let next = 0;

  function tick(): void {
    const now = performance.now();
    const starting = queue.slice(next, next + REQUESTS_PER_TICK);
    next += starting.length;
    if (next < queue.length) setImmediate(tick);
    if (next === queue.length || next >= COMPACT_AFTER) {
      queue.splice(0, next);
      next = 0;
    }
    for (const { start, since } of starting) start(now - since);
  }

  return (start) => {
    queue.push({ start, since: performance.now() });
    if (queue.length - next === 1) setImmediate(tick);
  };
}
