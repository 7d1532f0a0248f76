import underPressure from '@fastify/under-pressure';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { PaperdeskError } from '../../errors.ts';
import { HEALTH_URLS } from '../health/routes.ts';
import { createTickQueue } from './tick-queue.ts';

export interface OverloadOptions {
  readonly maxDelayMs: number;
  /** Monotonic clock, ms. */
  readonly now?: () => number;
}

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
  async (app, { maxDelayMs, now = () => performance.now() }: OverloadOptions) => {
    const enqueue = createTickQueue(REQUESTS_PER_TICK, now);

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
