import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { createWakeUp } from '../runtime/wake-up.ts';
import type { NewAlert } from './alert.ts';
import type { AlertRepository } from './alert-repository.ts';
import type { Condition } from './conditions.ts';

/** Looks at everything that may be wrong, again and again, and stores an alert when it begins and when it ends. */
export interface Monitor {
  /** Looks soon. */
  wake(): void;
  /** Tells of something that may be over before the next look. */
  tell(alert: NewAlert): void;
  stop(): Promise<void>;
}

export interface MonitorParts {
  readonly repository: Pick<AlertRepository, 'newest' | 'insert'>;
  /** Everything that may be wrong, as it is now. */
  readonly conditions: () => Promise<readonly Condition[]>;
  /** When an alert of now is sent first, ms; null where there is no receiver. */
  readonly firstAttemptAt: (now: number) => number | null;
  /** Told of every alert, after it is stored. */
  readonly onAlert: (alert: NewAlert) => void;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

const LOOK_EVERY_MS = 15_000;
/** What changes is looked at once, not once for each of its steps. */
const GATHER_MS = 200;

export function createMonitor(parts: MonitorParts): Monitor {
  const { repository, conditions, firstAttemptAt, onAlert, now, timers, log } = parts;
  const wakeUp = createWakeUp(timers);
  const gathering = createWakeUp(timers);

  async function look(): Promise<void> {
    const found = await conditions();
    const newest = await repository.newest();
    for (const condition of found) {
      const told = newest.get(condition.subject);
      if (condition.holds === true && !condition.isTold(told)) await tell(condition.opening);
      const closing = condition.holds === false && told !== undefined ? condition.closing(told) : null;
      if (closing !== null) await tell(closing);
    }
  }

  async function tell(alert: NewAlert): Promise<void> {
    const at = now();
    if (!(await repository.insert(alert, at, firstAttemptAt(at)))) return;
    log.warn({ alert: alert.id, kind: alert.kind, subject: alert.subject }, alert.text);
    onAlert(alert);
  }

  async function run(): Promise<void> {
    while (!wakeUp.stopped) {
      await look().catch((error: unknown) => log.error({ err: error }, 'looking for alerts failed'));
      await wakeUp.sleep(LOOK_EVERY_MS);
      await gathering.sleep(GATHER_MS);
    }
  }

  const running = run();
  return {
    wake: wakeUp.wake,
    tell(alert) {
      tell(alert).catch((error: unknown) => log.error({ err: error }, 'an alert could not be stored'));
    },
    async stop() {
      wakeUp.stop();
      gathering.stop();
      await running;
    },
  };
}
