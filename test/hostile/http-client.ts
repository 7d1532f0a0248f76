import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { packageParts } from '../helper/upload.ts';

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

export interface Question {
  readonly method?: string;
  readonly json?: object;
  readonly body?: FormData;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

/**
 * Asks a running service over a connection of its own, so that none is kept open; undefined when it, or we, went away
 * before it had answered.
 */
export async function ask(
  url: string,
  { method = 'GET', json, body, token, signal }: Question = {},
): Promise<Answer | undefined> {
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
    const gone = () => resolve(undefined);
    const sent = request(url, { method, headers, agent: false, ...(signal && { signal }) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('error', gone).on('aborted', gone);
      answer.on('end', () => {
        const retryAfter = answer.headers['retry-after'] ?? null;
        resolve({ status: answer.statusCode ?? 0, retryAfter, body: text === '' ? {} : JSON.parse(text) });
      });
    });
    sent.on('error', gone);
    sent.end(payload);
  });
}

/** The parts of a good upload under a name. */
export async function packageForm(name: string): Promise<FormData> {
  const form = new FormData();
  for (const [part, content] of await packageParts('gamma')) {
    if (part === 'name') form.append(part, name);
    else form.append(part, new Blob([content as Uint8Array<ArrayBuffer>]), part);
  }
  return form;
}

/** A name that nobody else takes. */
export const freshName = (start: string) => `${start}_${randomBytes(5).toString('hex')}`;
