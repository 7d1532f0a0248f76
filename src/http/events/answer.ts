import type { ServiceEvent } from '../../events/event-hub.ts';
import type { LastPrice } from '../../market/sync/last-price.ts';
import { isoTime } from '../../runtime/iso-time.ts';

/** An event as a message of a stream of server-sent events. */
export function textOf({ id, kind, data }: ServiceEvent): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A price as such a message. It has no id, because it is not repeated to clients that missed it. */
export function textOfPrice(symbol: string, { price, at }: LastPrice, marketSource: string): string {
  const data = { symbol, price, timestamp: isoTime(at), market_source: marketSource };
  return `event: price\ndata: ${JSON.stringify(data)}\n\n`;
}
