import { startBackgroundLoop } from '../runtime/background-loop.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { createWakeUp } from '../runtime/wake-up.ts';
import type { NewAlert } from './alert.ts';
import type { AlertRepository } from './alert-repository.ts';
import type { Condition } from './conditions.ts';

/** Checks all conditions regularly, and stores an alert when one begins and when it ends. */
export interface Monitor {
  /** Checks soon. */
  wake(): void;
  /** Raises an alert whose condition may end before the next check. */
  raise(alert: NewAlert): void;
  stop(): Promise<void>;
}

export interface MonitorOptions {
  readonly repository: Pick<AlertRepository, 'newest' | 'insert'>;
  readonly conditions: () => Promise<readonly Condition[]>;
  /** Time of the first attempt to send an alert raised `now`, ms; null without a receiver. */
  readonly firstAttemptAt: (now: number) => number | null;
  /** Called after an alert is stored. */
  readonly onAlert: (alert: NewAlert) => void;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

const CHECK_INTERVAL_MS = 15_000;
/** Several changes in this time cause one check. */
const DEBOUNCE_MS = 200;

export function createMonitor(options: MonitorOptions): Monitor {
  const { repository, conditions, firstAttemptAt, onAlert, now, timers, log } = options;
  const debounce = createWakeUp(timers);

  async function check(): Promise<void> {
    const current = await conditions();
    const newest = await repository.newest();
    for (const condition of current) {
      const last = newest.get(condition.subject);
      if (condition.isActive === true && !condition.isRaised(last)) await raise(condition.alert);
      const recovery = condition.isActive === false && last !== undefined ? condition.recovery(last) : null;
      if (recovery !== null) await raise(recovery);
    }
  }

  async function raise(alert: NewAlert): Promise<void> {
    const at = now();
    if (!(await repository.insert(alert, at, firstAttemptAt(at)))) return;
    log.warn({ alert: alert.id, kind: alert.kind, subject: alert.subject }, alert.text);
    onAlert(alert);
  }

  const loop = startBackgroundLoop({
    timers,
    async work() {
      await debounce.sleep(DEBOUNCE_MS);
      if (!loop.stopped) await check();
      return CHECK_INTERVAL_MS;
    },
    onFailure(error) {
      log.error({ err: error }, 'alerts could not be checked');
      return CHECK_INTERVAL_MS;
    },
  });
  return {
    wake: loop.wake,
    raise(alert) {
      raise(alert).catch((error: unknown) => log.error({ err: error }, 'an alert could not be stored'));
    },
    stop() {
      debounce.stop();
      return loop.stop();
    },
  };
}
