import type { Timers } from '../../runtime/timers.ts';
import { waitAtMost } from '../../runtime/wait-at-most.ts';
import type { CcxtClient } from './ccxt-client.ts';

/** How long to wait for an exchange to confirm the end of a subscription. */
const MAX_WAIT_MS = 10_000;

/** Ends ccxt's websocket subscriptions to candles; a new one to the same candles must wait for that. */
export function createSubscriptions(client: CcxtClient, timers: Timers, closing: AbortSignal) {
  const leaving = new Map<string, Promise<void>>();

  /** Without a connection there is no subscription, and ccxt would open a connection to end it. */
  const connected = () =>
    Object.values(client.clients ?? {}).some(({ connection }) => connection !== undefined);

  async function end(unified: string, timeframe: string): Promise<void> {
    // A failure ends the subscription as well: the connection is gone.
    const confirmed = client.unWatchOHLCV(unified, timeframe).catch(() => {});
    await waitAtMost(confirmed, MAX_WAIT_MS, timers);
  }

  return {
    /** Ends a subscription in the background. `unified` is ccxt's form of the symbol. */
    leave(unified: string, timeframe: string): void {
      if (closing.aborted || !connected()) return;
      const key = `${unified} ${timeframe}`;
      const ended = end(unified, timeframe).finally(() => leaving.delete(key));
      leaving.set(key, ended);
    },
    /** Waits for the end of a subscription: a new one that begins earlier would end with it. */
    async ended(unified: string, timeframe: string): Promise<void> {
      await leaving.get(`${unified} ${timeframe}`);
    },
  };
}
