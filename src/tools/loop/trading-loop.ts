import { z } from 'zod';
import { backoffMs } from '../../runtime/backoff.ts';

/** What to poll, and how. */
export interface LoopOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly modelId: string;
  readonly symbol: string | undefined;
  readonly intervalMs: number;
  readonly once: boolean;
  readonly createAccount: boolean;
}

export interface LoopEnvironment {
  readonly fetch: typeof fetch;
  readonly print: (line: string) => void;
  /** Returns early when `stop` is aborted. */
  readonly sleep: (ms: number, stop: AbortSignal) => Promise<void>;
  readonly stop: AbortSignal;
  readonly now: () => number;
}

/** 0: stopped, or polled once; 1: the only poll failed; 2: the service refuses the options. */
export type LoopExit = 0 | 1 | 2;

const REQUEST_TIMEOUT_MS = 90_000;
const RETRIES = { firstMs: 1_000, longestMs: 60_000 };

const pollAnswer = z.object({
  symbol: z.string(),
  decided: z.boolean(),
  action: z.string(),
  reason: z.string().nullable(),
  signal: z.string().nullable(),
  confidence: z.number().nullable(),
  actions: z.array(z.string()),
  as_of: z.string().nullable(),
  current_stats: z.object({ total_equity: z.number(), open_positions_count: z.number() }).nullable(),
});

const problemAnswer = z.object({ code: z.string(), detail: z.string() });

type Reply =
  | { readonly kind: 'answer'; readonly body: unknown }
  /** A retry would be refused too. */
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly sentence: string; readonly retryAfterMs: number };

/** Polls an account until it is stopped; retries with backoff while the service fails or cannot be reached. */
export async function runLoop(options: LoopOptions, environment: LoopEnvironment): Promise<LoopExit> {
  const { modelId, symbol, intervalMs, once, createAccount } = options;
  const { print, sleep, stop, now } = environment;
  const body = { model_id: modelId, ...(symbol === undefined ? {} : { symbol }) };
  let path = createAccount ? '/paper/account/create' : '/paper/signal';
  let failures = 0;
  while (!stop.aborted) {
    const reply = await request(options, environment, path, body);
    if (stop.aborted) break;
    const time = new Date(now()).toISOString();
    if (reply.kind === 'refused') {
      print(`${time} ${modelId}: ${reply.sentence}`);
      return 2;
    }
    if (reply.kind === 'failed') {
      if (once) {
        print(`${time} ${modelId}: ${reply.sentence}`);
        return 1;
      }
      failures += 1;
      const pause = Math.max(reply.retryAfterMs, backoffMs(RETRIES, failures));
      print(`${time} ${modelId}: ${reply.sentence} Trying again in ${Math.round(pause / 1000)} s.`);
      await sleep(pause, stop);
      continue;
    }
    failures = 0;
    if (path !== '/paper/signal') {
      path = '/paper/signal';
      continue;
    }
    print(`${time} ${modelId} ${lineOf(reply.body)}`);
    if (once) return 0;
    await sleep(intervalMs, stop);
  }
  return 0;
}

async function request(
  { url, token }: LoopOptions,
  { fetch, stop }: LoopEnvironment,
  path: string,
  body: object,
): Promise<Reply> {
  try {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([stop, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const content: unknown = await answer.json();
    if (answer.ok) return { kind: 'answer', body: content };
    const problem = problemAnswer.safeParse(content);
    const sentence = problem.success
      ? `${problem.data.detail} (${problem.data.code})`
      : `${url} answered ${answer.status}.`;
    if (answer.status === 401)
      return { kind: 'refused', sentence: `${sentence} Set PAPERDESK_TOKEN to a token of the service.` };
    if (answer.status < 500 && answer.status !== 429 && answer.status !== 408)
      return { kind: 'refused', sentence };
    const retryAfterMs = Number(answer.headers.get('retry-after') ?? 0) * 1000 || 0;
    return { kind: 'failed', sentence, retryAfterMs: Math.min(retryAfterMs, RETRIES.longestMs) };
  } catch (error) {
    return { kind: 'failed', sentence: `${url} does not answer: ${reasonOf(error)}.`, retryAfterMs: 0 };
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error
    ? ((cause.message || (cause as NodeJS.ErrnoException).code) ?? message)
    : message;
}

/** One line for a poll. */
function lineOf(body: unknown): string {
  const parsed = pollAnswer.safeParse(body);
  if (!parsed.success) return 'an unexpected answer; is PAPERDESK_URL the address of the service?';
  const { symbol, action, reason, decided, signal, confidence, actions, as_of, current_stats } = parsed.data;
  const candle = as_of === null ? '' : ` candle ${as_of.slice(0, 16)}Z`;
  const decision = signal === null ? '' : ` ${signal} ${confidence} %`;
  const why = reason === null ? '' : ` (${reason})`;
  const stats =
    current_stats === null
      ? ''
      : ` | equity ${current_stats.total_equity.toFixed(2)} USDT, ${current_stats.open_positions_count} open`;
  const words = decided || actions.length > 0 ? ` | ${actions.join(' ')}` : '';
  return `${symbol}${candle}${decision} -> ${action}${why}${stats}${words}`.replaceAll('\n', ' ');
}
