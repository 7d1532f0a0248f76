import type { Accounts } from '../accounts/accounts.ts';
import type { Log } from '../runtime/log.ts';
import type { Performances } from './account-performance.ts';
import type { LiveQuality } from './live-forecast-quality.ts';

export interface ReadAheadParts {
  readonly accounts: Pick<Accounts, 'list'>;
  readonly performances: Performances;
  readonly quality: LiveQuality;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: Log;
}

const LONGEST_STOP_MS = 1000;

/** Reads what statistics need of all accounts in the background, so that nobody waits for it who asks first. */
export function readAhead({ accounts, performances, quality, sleep, log }: ReadAheadParts): {
  stop(): Promise<void>;
} {
  let stopped = false;
  async function read(): Promise<void> {
    for (const { stored, model } of await accounts.list()) {
      if (stopped) return;
      await performances.settled({ stored, price: null });
      if (model !== null && !stopped) await quality.of(model);
    }
  }
  const reading = read().catch((error: unknown) => {
    if (!stopped) log.warn({ err: error }, 'statistics were not read ahead');
  });
  return {
    async stop() {
      stopped = true;
      // A download may take longer to end than a service may take to stop.
      await Promise.race([reading, sleep(LONGEST_STOP_MS)]);
    },
  };
}
