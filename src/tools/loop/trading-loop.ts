import { z } from 'zod';
import type { LoopOptions } from './loop-options.ts';

/** What the loop has around it. */
export interface LoopSurroundings {
  readonly fetch: typeof fetch;
  readonly print: (line: string) => void;
  /** Waits, or until `stop` is aborted. */
  readonly sleep: (ms: number, stop: AbortSignal) => Promise<void>;
  readonly stop: AbortSignal;
  readonly now: () => number;
}

/** 0: it was stopped, or polled once; 1: a single poll failed; 2: it cannot go on as it was started. */
export type LoopExit = 0 | 1 | 2;

const REQUEST_LIMIT_MS = 90_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

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
  /** It will be the same whenever it is asked. */
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly sentence: string; readonly waitMs: number };

/** Polls an account until it is stopped; a service that is away is waited for, with longer and longer pauses. */
export async function runLoop(options: LoopOptions, surroundings: LoopSurroundings): Promise<LoopExit> {
  const { modelId, symbol, intervalMs, once, createAccount } = options;
  const { print, sleep, stop, now } = surroundings;
  const body = { model_id: modelId, ...(symbol === undefined ? {} : { symbol }) };
  const steps = [...(createAccount ? ['/paper/account/create'] : []), '/paper/signal'];
  let failures = 0;
  while (!stop.aborted) {
    const reply = await ask(options, surroundings, steps[0] as string, body);
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
      const pause = Math.max(reply.waitMs, Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS));
      failures += 1;
      print(`${time} ${modelId}: ${reply.sentence} Trying again in ${Math.round(pause / 1000)} s.`);
      await sleep(pause, stop);
      continue;
    }
    failures = 0;
    if (steps.length > 1) {
      steps.shift();
      continue;
    }
    print(`${time} ${modelId} ${lineOf(reply.body)}`);
    if (once) return 0;
    await sleep(intervalMs, stop);
  }
  return 0;
}

async function ask(
  { url, token }: LoopOptions,
  { fetch, stop }: LoopSurroundings,
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
      signal: AbortSignal.any([stop, AbortSignal.timeout(REQUEST_LIMIT_MS)]),
    });
    const content: unknown = await answer.json();
    if (answer.ok) return { kind: 'answer', body: content };
    const problem = problemAnswer.safeParse(content);
    const what = problem.success
      ? `${problem.data.detail} (${problem.data.code})`
      : `${url} answered ${answer.status}.`;
    if (answer.status === 401)
      return { kind: 'refused', sentence: `${what} Set PAPERDESK_TOKEN to a token of the service.` };
    const waitMs = Math.min(Number(answer.headers.get('retry-after') ?? 0) * 1000 || 0, LONGEST_PAUSE_MS);
    const passes = answer.status >= 500 || answer.status === 429 || answer.status === 408;
    return passes ? { kind: 'failed', sentence: what, waitMs } : { kind: 'refused', sentence: what };
  } catch (error) {
    return { kind: 'failed', sentence: `${url} does not answer: ${reasonOf(error)}.`, waitMs: 0 };
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error
    ? ((cause.message || (cause as NodeJS.ErrnoException).code) ?? message)
    : message;
}

/** One poll in one line. */
function lineOf(body: unknown): string {
  const parsed = pollAnswer.safeParse(body);
  if (!parsed.success) return 'an answer that is not one to a poll; is PAPERDESK_URL the service?';
  const { symbol, action, reason, decided, signal, confidence, actions, as_of, current_stats } = parsed.data;
  const candle = as_of === null ? '' : ` candle ${as_of.slice(0, 16)}Z`;
  const said = signal === null ? '' : ` ${signal} ${confidence} %`;
  const why = reason === null ? '' : ` (${reason})`;
  const stats =
    current_stats === null
      ? ''
      : ` | equity ${current_stats.total_equity.toFixed(2)} USDT, ${current_stats.open_positions_count} open`;
  const words = decided || actions.length > 0 ? ` | ${actions.join(' ')}` : '';
  return `${symbol}${candle}${said} -> ${action}${why}${stats}${words}`.replaceAll('\n', ' ');
}
