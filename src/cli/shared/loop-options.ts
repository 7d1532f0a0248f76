import { z } from 'zod';
import type { LoopOptions } from '../../tools/loop/trading-loop.ts';
import { readArguments, UsageError } from './arguments.ts';

export const LOOP_USAGE =
  'paperdesk loop --model-id ID [--symbol SYMBOL] [--interval SECONDS] [--once] [--create-account]\n\n' +
  'Polls a paper account, every 60 seconds by default; --once polls once.\n' +
  'PAPERDESK_URL (default http://127.0.0.1:6300) is the address of the service, PAPERDESK_TOKEN a token for it.';

const schema = z.object({
  url: z.url({ protocol: /^https?$/, error: 'PAPERDESK_URL must be an http or https address' }),
  modelId: z.string({ error: '--model-id is missing' }).min(1, '--model-id is empty'),
  interval: z.coerce
    .number({ error: '--interval must be a number of seconds' })
    .min(1, '--interval must be at least 1 second')
    .max(3600, '--interval must be at most 3600 seconds'),
});

/** @throws UsageError with every mistake */
export function readLoopOptions(env: NodeJS.ProcessEnv, args: readonly string[]): LoopOptions {
  const { options } = readArguments(
    { optional: ['model-id', 'symbol', 'interval'], flags: ['once', 'create-account'] },
    [...args],
  );
  const parsed = schema.safeParse({
    url: env.PAPERDESK_URL || 'http://127.0.0.1:6300',
    modelId: options['model-id'],
    interval: options.interval ?? 60,
  });
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(({ message }) => message).join('; '));
  const { url, modelId, interval } = parsed.data;
  return {
    url: url.replace(/\/+$/, ''),
    token: env.PAPERDESK_TOKEN || undefined,
    modelId,
    symbol: options.symbol,
    intervalMs: interval * 1000,
    once: options.once,
    createAccount: options['create-account'],
  };
}
