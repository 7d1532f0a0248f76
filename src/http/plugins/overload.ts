import underPressure from '@fastify/under-pressure';
import fp from 'fastify-plugin';
import { PaperdeskError } from '../../errors.ts';

const RETRY_AFTER_SECONDS = 5;
/** How often the delay is measured; after an interval without a sample it is told as infinite. */
const SAMPLE_INTERVAL_MS = 1000;

/** Answers 503 with Retry-After while the process cannot keep up, instead of queueing without end. */
export const overload = fp(
  async (app, { maxDelayMs }: { readonly maxDelayMs: number }) => {
    await app.register(underPressure, {
      maxEventLoopDelay: maxDelayMs,
      sampleInterval: SAMPLE_INTERVAL_MS,
      pressureHandler: (request, _reply, type, value) => {
        // Process managers must still learn that the service lives.
        if (request.routeOptions.url === '/health') return;
        // Without a sample it is known only that the delay was longer than an interval.
        if (value === Number.POSITIVE_INFINITY && maxDelayMs > SAMPLE_INTERVAL_MS) return;
        request.log.warn({ type, value }, 'the service is overloaded');
        throw new PaperdeskError(
          'OVERLOADED',
          'The service has more to do than it can at the moment; try again.',
          {
            retryAfterSeconds: RETRY_AFTER_SECONDS,
          },
        );
      },
    });
  },
  { name: 'overload' },
);
