import type { ServerResponse } from 'node:http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PaperdeskError } from '../../errors.ts';
import type { EventHub, ServiceEvent } from '../../events/event-hub.ts';
import { problems } from '../shared/problem-schema.ts';

export interface EventRoutesOptions {
  readonly events: EventHub;
}

/** Proxies and the service's own idle limit close a connection on which nothing is said. */
const HEARTBEAT_MS = 15_000;
/** A reader that falls this far behind is let go; it comes back with its last id. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const MAX_STREAMS = 200;

/** `GET /events`: what happens, as server-sent events (http.md#23). */
export const eventRoutes: FastifyPluginAsyncZod<EventRoutesOptions> = async (app, { events }) => {
  const streams = new Set<ServerResponse>();
  // Streams never end by themselves; closing the service must not wait for them.
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });

  app.get(
    '/events',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['operations'],
        summary: 'What happens, as server-sent events',
        description:
          'Send `Last-Event-ID` to get what was missed. An event `reset` says that this is not possible: ask for the ' +
          'state again.',
        headers: z.looseObject({ 'last-event-id': z.string().max(100).optional() }),
        produces: ['text/event-stream'],
        response: { ...problems(503) },
      },
    },
    async (request, reply) => {
      if (streams.size >= MAX_STREAMS) {
        throw new PaperdeskError(
          'OVERLOADED',
          `${MAX_STREAMS} readers listen to events already; try again later.`,
          {
            retryAfterSeconds: 30,
          },
        );
      }
      reply.hijack();
      const stream = reply.raw;
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) stream.setHeader(name, value);
      }
      // The connection ends with the stream, so that nothing is left to wait for when the service closes.
      stream.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', connection: 'close' });

      const lastId = request.headers['last-event-id'];
      const missed = lastId === undefined ? [] : events.after(String(lastId));
      stream.write(
        missed === undefined ? 'event: reset\ndata: {}\n\n' : `: listening\n\n${missed.map(textOf).join('')}`,
      );

      const stopListening = events.subscribe((event) => {
        if (stream.writableLength > MAX_UNREAD_BYTES) stream.destroy();
        else stream.write(textOf(event));
      });
      const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS);
      streams.add(stream);
      stream.on('close', () => {
        clearInterval(heartbeat);
        stopListening();
        streams.delete(stream);
      });
    },
  );
};

function textOf({ id, kind, data }: ServiceEvent): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
