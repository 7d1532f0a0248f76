import type { SystemAnswer } from '../../http/system/schema.ts';

type PolledAccount = Pick<SystemAnswer['accounts'][number], 'last_poll_at' | 'auto_trading'>;

/** When an account was last polled: by a client, or by the service for the newest candle that it decided on; null if never. */
export function lastPollOf({ last_poll_at: byClient, auto_trading }: PolledAccount): string | null {
  const byService = auto_trading?.decided_as_of ?? null;
  if (byClient === null || byService === null) return byClient ?? byService;
  return byClient > byService ? byClient : byService;
}
