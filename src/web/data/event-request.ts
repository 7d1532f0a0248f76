import { BASE_PATH } from './base-path.ts';
import { eventStreamParser, type StreamMessage } from './event-stream.ts';

/** The service sends something at least every 15 s. */
const MAX_SILENCE_MS = 40_000;
/** A network that drops everything gives no error. */
const MAX_CONNECTING_MS = 10_000;

/**
 * Asks the service for a stream of events.
 * @param lastId the id of the event after which it begins; undefined for the events from now on
 * @param controller ends the request and the stream
 * @throws without an answer after 10 s
 */
export async function requestEvents(
  path: string,
  { token, lastId }: { readonly token: string | undefined; readonly lastId: string | undefined },
  controller: AbortController,
): Promise<Response> {
  const timer = setTimeout(() => controller.abort(), MAX_CONNECTING_MS);
  try {
    const headers = new Headers();
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (lastId !== undefined) headers.set('last-event-id', lastId);
    return await fetch(`${BASE_PATH}${path}`, { headers, signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** The messages of a stream, as they arrive, until it ends, is aborted or is silent for 40 s. */
export async function* readEvents(
  response: Response,
  signal: AbortSignal,
): AsyncGenerator<readonly StreamMessage[]> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const parse = eventStreamParser();
  let silenceTimer = setTimeout(() => reader.cancel(), MAX_SILENCE_MS);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      clearTimeout(silenceTimer);
      silenceTimer = setTimeout(() => reader.cancel(), MAX_SILENCE_MS);
      yield parse(value);
    }
  } finally {
    clearTimeout(silenceTimer);
  }
}
