import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { createWakeUp } from '../runtime/wake-up.ts';
import type { StoredAlert } from './alert.ts';
import type { AlertRepository } from './alert-repository.ts';
import { afterAttempt } from './delivery-delay.ts';
import type { Send } from './webhook.ts';

/** Sends stored alerts, one at a time, in the background. */
export interface Deliverer {
  /** Looks again for what is to be sent. */
  wake(): void;
  /** Breaks off what is being sent: it is sent again after the next start. */
  stop(): Promise<void>;
}

export interface DelivererParts {
  readonly repository: Pick<AlertRepository, 'next' | 'recordAttempt'>;
  readonly send: Send;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

/** The clock is looked at this often, however long nothing is due. */
const LONGEST_WAIT_MS = 60_000;
const PAUSE_AFTER_FAULT_MS = 10_000;

export function createDeliverer({ repository, send, now, timers, log }: DelivererParts): Deliverer {
  const wakeUp = createWakeUp(timers);
  const stopping = new AbortController();

  async function attempt(alert: StoredAlert): Promise<void> {
    const sent = await send(alert, stopping.signal);
    if (!sent.delivered && stopping.signal.aborted) return;
    const result = afterAttempt(alert, sent, now(), timers.random());
    await repository.recordAttempt(alert.id, result);
    const facts = { alert: alert.id, attempts: result.attempts, status: sent.status, error: sent.error };
    if (sent.delivered) log.info(facts, 'alert delivered');
    else if (result.nextAttemptAt === null) log.error(facts, 'alert given up: it could not be delivered');
    else log.warn(facts, 'alert not delivered yet');
  }

  async function step(): Promise<void> {
    const alert = await repository.next();
    const early = alert === undefined ? LONGEST_WAIT_MS : (alert.nextAttemptAt ?? 0) - now();
    if (alert !== undefined && early <= 0) await attempt(alert);
    else await wakeUp.sleep(Math.min(early, LONGEST_WAIT_MS));
  }

  async function run(): Promise<void> {
    while (!wakeUp.stopped) {
      await step().catch(async (error: unknown) => {
        log.error({ err: error }, 'alerts could not be read or recorded');
        await wakeUp.sleep(PAUSE_AFTER_FAULT_MS);
      });
    }
  }

  const running = run();
  return {
    wake: wakeUp.wake,
    async stop() {
      wakeUp.stop();
      stopping.abort();
      await running;
    },
  };
}
