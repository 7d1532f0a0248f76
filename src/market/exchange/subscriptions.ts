import type { Timers } from '../../runtime/timers.ts';
import type { CcxtClient } from './ccxt-client.ts';

/** An exchange that does not confirm the end of a subscription is not waited for any longer. */
const LONGEST_WAIT_MS = 10_000;

/** Ends ccxt's websocket subscriptions to candles, and lets whoever subscribes to the same again wait for that. */
export interface Subscriptions {
  /** Ends one; answers at once. `unified` is ccxt's form of the symbol. */
  leave(unified: string, timeframe: string): void;
  /** Waits until one that was left is gone: what subscribes earlier would be ended with it. */
  gone(unified: string, timeframe: string): Promise<void>;
}

export function createSubscriptions(client: CcxtClient, timers: Timers, closing: AbortSignal): Subscriptions {
  const leaving = new Map<string, Promise<void>>();

  /** Without a connection there is no subscription, and ccxt would open one to end it. */
  const connected = () =>
    Object.values(client.clients ?? {}).some(({ connection }) => connection !== undefined);

  async function end(unified: string, timeframe: string): Promise<void> {
    const given = new AbortController();
    const confirmed = client.unWatchOHLCV(unified, timeframe).catch(() => {});
    await Promise.race([confirmed, timers.sleep(LONGEST_WAIT_MS, given.signal)]);
    given.abort();
  }

  return {
    leave(unified, timeframe) {
      if (closing.aborted || !connected()) return;
      const key = `${unified} ${timeframe}`;
      leaving.set(
        key,
        end(unified, timeframe).finally(() => leaving.delete(key)),
      );
    },
    async gone(unified, timeframe) {
      await leaving.get(`${unified} ${timeframe}`);
    },
  };
}
