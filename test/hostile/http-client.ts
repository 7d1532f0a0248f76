import { randomBytes } from 'node:crypto';
import { request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

export interface RequestOptions {
  readonly method?: string;
  readonly json?: object;
  readonly body?: FormData;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request on a connection of its own, so that none stays open; undefined when either side closed the
 * connection before the reply was complete.
 */
export async function send(
  url: string,
  { method = 'GET', json, body, token, signal }: RequestOptions = {},
): Promise<Reply | undefined> {
  const encoded = body === undefined ? undefined : new Response(body);
  const payload =
    encoded === undefined ? json && JSON.stringify(json) : Buffer.from(await encoded.arrayBuffer());
  const type = encoded?.headers.get('content-type') ?? (json === undefined ? undefined : 'application/json');
  const headers = {
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve) => {
    const closed = () => resolve(undefined);
    const sent = request(url, { method, headers, agent: false, ...(signal && { signal }) }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      reply.on('error', closed).on('aborted', closed);
      reply.on('end', () => {
        const retryAfter = reply.headers['retry-after'] ?? null;
        resolve({ status: reply.statusCode ?? 0, retryAfter, body: text === '' ? {} : JSON.parse(text) });
      });
    });
    sent.on('error', closed);
    sent.end(payload);
  });
}

/** A name that no other test uses. */
export const uniqueName = (prefix: string) => `${prefix}_${randomBytes(5).toString('hex')}`;
