import { parseArgs } from 'node:util';
import { z } from 'zod';

/** From the command line and the environment. */
export interface LoopOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly modelId: string;
  readonly symbol: string | undefined;
  readonly intervalMs: number;
  readonly once: boolean;
  readonly createAccount: boolean;
}

export const LOOP_USAGE =
  'npm run loop -- --model-id ID [--symbol SYMBOL] [--interval SECONDS] [--once] [--create-account]\n' +
  'PAPERDESK_URL (default http://127.0.0.1:6300) is the address of the service, PAPERDESK_TOKEN a token for it.';

/** The options of the loop are wrong; the message lists every mistake. */
export class LoopUsageError extends Error {
  override readonly name = 'LoopUsageError';
}

const schema = z.object({
  url: z.url({ protocol: /^https?$/, error: 'PAPERDESK_URL must be an http or https address' }),
  modelId: z.string({ error: '--model-id is missing' }).min(1, '--model-id is empty'),
  interval: z.coerce
    .number({ error: '--interval must be a number of seconds' })
    .min(1, '--interval must be at least 1 second')
    .max(3600, '--interval must be at most 3600 seconds'),
});

/** @throws LoopUsageError */
export function readLoopOptions(env: NodeJS.ProcessEnv, args: readonly string[]): LoopOptions {
  const values = valuesOf(args);
  const parsed = schema.safeParse({
    url: env.PAPERDESK_URL || 'http://127.0.0.1:6300',
    modelId: values['model-id'],
    interval: values.interval ?? 60,
  });
  if (!parsed.success) throw new LoopUsageError(parsed.error.issues.map(({ message }) => message).join('; '));
  const { url, modelId, interval } = parsed.data;
  return {
    url: url.replace(/\/+$/, ''),
    token: env.PAPERDESK_TOKEN || undefined,
    modelId,
    symbol: values.symbol,
    intervalMs: interval * 1000,
    once: values.once ?? false,
    createAccount: values['create-account'] ?? false,
  };
}

function valuesOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'model-id': { type: 'string' },
        symbol: { type: 'string' },
        interval: { type: 'string' },
        once: { type: 'boolean' },
        'create-account': { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new LoopUsageError((error as Error).message);
  }
}
