import { setMaxListeners } from 'node:events';
import type { Fetch } from '../../runtime/outgoing/outgoing.ts';
import { ExchangeFailure, malformed, quote, RESTRICTED } from './failure.ts';

export interface TransportLimits {
  /** Until the first byte of the answer, in ms. */
  readonly headersMs: number;
  /** Until its last byte, in ms. */
  readonly totalMs: number;
  /** Largest answer after decompression. */
  readonly bytes: number;
}

export const TRANSPORT_LIMITS: TransportLimits = { headersMs: 3000, totalMs: 8000, bytes: 32 * 1024 * 1024 };

interface RequestParams {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Replaces ccxt's fetch; resolves once the whole answer was received. */
export type Transport = (url: string, params: RequestParams) => Promise<Response>;

/**
 * HTTP for ccxt, by `fetch`, with deadlines and a size limit for the whole answer, Retry-After, and JSON only (market.md#24).
 * @param onAnswer called with the headers of every answer
 * @param closing cancels requests
 * @returns a transport that rejects with ExchangeFailure for everything but an answer in JSON
 */
export function createTransport(
  fetch: Fetch,
  limits: TransportLimits,
  onAnswer: (headers: Headers) => void,
  closing: AbortSignal,
): Transport {
  // Each request under way listens to it.
  setMaxListeners(0, closing);
  return async (url, params) => {
    const { host, pathname } = new URL(url);
    const where = host + pathname;
    const deadline = createDeadline(where, limits, closing);
    try {
      const response = await fetch(url, {
        method: params.method ?? 'GET',
        headers: params.headers ?? {},
        ...(params.body === undefined ? {} : { body: params.body }),
        redirect: 'manual',
        signal: deadline.signal,
      });
      deadline.headersCame();
      onAnswer(response.headers);
      const text = await readText(response, limits.bytes);
      checkAnswer(where, response, text);
      return new Response(text, { status: response.status, headers: response.headers });
    } catch (error) {
      const failure = deadline.signal.aborted ? deadline.signal.reason : error;
      if (failure instanceof ExchangeFailure) throw failure;
      throw new ExchangeFailure('network', `${where} is not reachable: ${networkCause(error)}`, {
        cause: error,
      });
    } finally {
      deadline.clear();
    }
  };
}

/** A signal that aborts a request with an ExchangeFailure. */
function createDeadline(where: string, { headersMs, totalMs }: TransportLimits, closing: AbortSignal) {
  const controller = new AbortController();
  const expire = (problem: string) => controller.abort(new ExchangeFailure('timeout', `${where} ${problem}`));
  const close = () => controller.abort(new ExchangeFailure('network', 'the service is closing'));
  if (closing.aborted) close();
  closing.addEventListener('abort', close);
  const headersTimer = setTimeout(expire, headersMs, `did not answer within ${headersMs} ms`);
  const totalTimer = setTimeout(expire, totalMs, `did not finish its answer within ${totalMs} ms`);
  return {
    signal: controller.signal,
    headersCame: () => clearTimeout(headersTimer),
    clear() {
      clearTimeout(headersTimer);
      clearTimeout(totalTimer);
      closing.removeEventListener('abort', close);
    },
  };
}

async function readText(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return '';
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw malformed(`the answer is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws ExchangeFailure for everything but JSON; the exchange's own errors are JSON that ccxt reads */
function checkAnswer(where: string, { status, headers }: Response, text: string): void {
  const [kind, problem] = problemOfStatus(status) ?? [];
  if (kind !== undefined) {
    const message = `${where} ${status === 451 ? RESTRICTED : `${problem} (HTTP ${status})`}`;
    throw new ExchangeFailure(kind, message, { retryAfterMs: retryAfterMs(headers) });
  }
  try {
    JSON.parse(text);
  } catch {
    const start = quote(text.slice(0, 40));
    const what = text === '' ? 'nothing' : `${text.length} characters that begin with "${start}"`;
    throw malformed(`${where} answered with ${what} instead of JSON (HTTP ${status})`);
  }
}

function problemOfStatus(status: number): [ExchangeFailure['kind'], string] | undefined {
  if (status === 418) return ['banned', 'says that this address is banned for a while'];
  if (status === 429) return ['rate-limited', 'says that there were too many requests'];
  if (status === 451 || status === 403) return ['forbidden', 'does not serve this address'];
  if (status >= 500) return ['server', 'failed'];
  if (status >= 300 && status < 400) return ['malformed', 'redirects'];
  return undefined;
}

/** Retry-After in ms: seconds, or a date relative to the server's clock; undefined if it is not valid. */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - Date.parse(headers.get('date') ?? '');
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, 24 * 60 * 60_000) : undefined;
}

function networkCause(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return 'the connection failed';
  const code = (cause as { code?: unknown }).code;
  return quote(cause.message || (typeof code === 'string' ? code : 'the connection failed'));
}
