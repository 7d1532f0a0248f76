import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { PaperdeskError } from '../../errors.ts';
import type { ServiceEvent } from '../../events/event-hub.ts';
import type { Routes } from '../shared/routes.ts';

/** Proxies, and the service itself, close connections that stay silent for longer. */
const HEARTBEAT_MS = 15_000;
/** A client with more unread bytes is disconnected; it can reconnect with its last id. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const MAX_STREAMS = 200;

/** `GET /events`: a stream of server-sent events (http.md#23). */
export const eventRoutes: Routes = async (app, { events }) => {
  const streams = new Set<ServerResponse>();
  // Streams never end by themselves, so closing the service would wait for them forever.
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });

  app.get(
    '/events',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['operations'],
        summary: 'Changes as they happen, as server-sent events',
        description:
          'Send `Last-Event-ID` to get the events that you missed. An event `reset` says that they are no longer ' +
          'available: request the state again.',
        headers: z.looseObject({ 'last-event-id': z.string().max(100).optional() }),
        produces: ['text/event-stream'],
        response: {},
      },
    },
    async (request, reply) => {
      if (streams.size >= MAX_STREAMS) {
        throw new PaperdeskError(
          'OVERLOADED',
          `${MAX_STREAMS} clients receive events, which is the limit; try again later.`,
          { retryAfterSeconds: 30 },
        );
      }
      reply.hijack();
      const stream = reply.raw;
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) stream.setHeader(name, value);
      }
      // Without keep-alive nothing is left open when the stream ends.
      stream.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', connection: 'close' });

      const lastId = request.headers['last-event-id'];
      const missed = lastId === undefined ? [] : events.after(String(lastId));
      stream.write(
        missed === undefined ? 'event: reset\ndata: {}\n\n' : `: listening\n\n${missed.map(textOf).join('')}`,
      );

      const unsubscribe = events.subscribe((event) => {
        if (stream.writableLength > MAX_UNREAD_BYTES) stream.destroy();
        else stream.write(textOf(event));
      });
      const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS);
      streams.add(stream);
      stream.on('close', () => {
        clearInterval(heartbeat);
        unsubscribe();
        streams.delete(stream);
      });
    },
  );
};

function textOf({ id, kind, data }: ServiceEvent): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
