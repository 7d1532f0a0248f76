import type { ServiceEvent } from '../../events/event-hub.ts';

/** An event as a message of a stream of server-sent events. */
export function textOf({ id, kind, data }: ServiceEvent): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
