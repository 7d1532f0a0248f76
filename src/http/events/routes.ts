import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { PaperdeskError } from '../../errors.ts';
import { clientOf, createClientLimit } from '../shared/client-limit.ts';
import { symbol } from '../shared/fields.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { textOf, textOfPrice } from './answer.ts';

/**
 * Proxies, and the service itself, close connections that stay silent for longer. So long a stream may outlive a token that
 * a command revokes.
 */
const CHECK_INTERVAL_MS = 5_000;
/** A client with more unread bytes is disconnected; it can reconnect with its last id. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const MAX_STREAMS = 200;
const RETRY_AFTER_SECONDS = 30;
/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Of one token or, without a password, of one address: one client must not use up all of them. */
const MAX_STREAMS_OF_CLIENT = 20;
/** Those of all tabs of a browser, which share a stream. */
const MAX_PRICES = 20;

const eventsQuery = z.object({
  prices: z
    .string()
    .max(1000)
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(symbol).max(MAX_PRICES))
    .default([])
    .describe('symbols whose prices are sent, at most 20, separated by commas'),
});

/** `GET /events`: a stream of server-sent events (http.md#23). */
export const eventRoutes: Routes = async (app, { access, events, prices, marketSource, clock }) => {
  const streams = new Set<ServerResponse>();
  const limit = createClientLimit({
    most: MAX_STREAMS_OF_CLIENT,
    sentence: `This client receives events ${MAX_STREAMS_OF_CLIENT} times already, which is the limit; close some of these streams.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
  // Streams never end by themselves, so closing the service would wait for them forever.
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });

  /** @throws OVERLOADED when there is no room for another stream */
  function requireRoom(): void {
    if (limit.count < MAX_STREAMS) return;
    const detail = `${MAX_STREAMS} clients receive events, which is the limit; try again later.`;
    throw new PaperdeskError('OVERLOADED', detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }

  app.get(
    '/events',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['operations'],
        summary: 'Changes as they happen, as server-sent events',
        description:
          'Send `Last-Event-ID` to get the events that you missed. An event `reset` says that they are no longer ' +
          'available: request the state again. With `prices=BTCUSDT` come events `price` with the last traded price when it ' +
          'changes, at most every 2 s; they have no id and are not repeated.',
        querystring: eventsQuery,
        headers: z.looseObject({ 'last-event-id': z.string().max(100).optional() }),
        produces: ['text/event-stream'],
        response: { ...problems(429) },
      },
    },
    async (request, reply) => {
      const client = await clientOf(request, access);
      const holder = await app.requireAccess(request);
      requireRoom();
      const symbols = request.query.prices;
      prices.requireRoom(symbols);
      const leave = limit.enter(client);
      const stream = openStream(reply);
      const send = (text: string) => {
        if (stream.writableLength > MAX_UNREAD_BYTES) stream.destroy();
        else if (!stream.writableEnded) stream.write(text);
      };
      const check = () =>
        app.requireAccess(request).then(
          () => send(': still here\n\n'),
          (error: unknown) => {
            if (error instanceof PaperdeskError && error.status === 401) stream.end();
            // While the database does not answer, no events arrive either.
            else send(': still here\n\n');
          },
        );

      send(': listening\n\n');
      const lastId = request.headers['last-event-id'];
      const unsubscribe = events.subscribe(
        {
          onEvent: (event) => (event.kind === 'access' ? void check() : send(textOf(event))),
          onReset: () => send('event: reset\ndata: {}\n\n'),
        },
        lastId === undefined ? undefined : String(lastId),
      );
      const unsubscribes = symbols.map((symbol) =>
        prices.subscribe(symbol, (price) => send(textOfPrice(symbol, price, marketSource))),
      );
      const checks = setInterval(check, CHECK_INTERVAL_MS);
      const untilExpiry = (holder?.expiresAt ?? Number.POSITIVE_INFINITY) - clock.now();
      const expiry = setTimeout(check, Math.min(untilExpiry, MAX_TIMER_MS));
      streams.add(stream);
      stream.on('close', () => {
        clearInterval(checks);
        clearTimeout(expiry);
        leave();
        unsubscribe();
        for (const end of unsubscribes) end();
        streams.delete(stream);
      });
    },
  );
};

/** Takes the connection of a reply over, and begins the answer. */
function openStream(reply: FastifyReply): ServerResponse {
  reply.hijack();
  const stream = reply.raw;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) stream.setHeader(name, value);
  }
  stream.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // Proxies may neither collect events, as nginx does otherwise, nor compress them.
    'cache-control': 'no-cache, no-store, no-transform',
    'x-accel-buffering': 'no',
    // Without keep-alive nothing is left open when the stream ends.
    connection: 'close',
  });
  return stream;
}
