import type { Leases } from '../cluster/leases.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../runtime/background-loop.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { createWakeUp } from '../runtime/wake-up.ts';
import type { NewAlert } from './alert.ts';
import type { AlertRepository } from './alert-repository.ts';
import type { Condition } from './conditions.ts';

/** Checks all conditions regularly, on one node, and stores an alert when one begins and when it ends. */
export interface Monitor {
  /** Checks soon, if this is the node that checks. */
  wake(): void;
  /** Raises an alert whose condition may end before the next check, on any node. */
  raise(alert: NewAlert): void;
  stop(): Promise<void>;
}

export interface MonitorOptions {
  readonly repository: Pick<AlertRepository, 'newest' | 'insert' | 'renew'>;
  readonly leases: Pick<Leases, 'want'>;
  /** @param isFirst whether this node has just begun to check */
  readonly conditions: (isFirst: boolean) => Promise<readonly Condition[]>;
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
  const { repository, leases, conditions, firstAttemptAt, onAlert, now, timers, log } = options;
  let checks: BackgroundLoop | undefined;

  async function check(isFirst: boolean): Promise<void> {
    const current = await conditions(isFirst);
    const newest = await repository.newest();
    for (const condition of current) {
      const last = newest.get(condition.subject);
      if (condition.isActive === true && !condition.isRaised(last)) await raise(condition.alert);
      else if (condition.isActive === true && condition.isKeptCurrent && last !== undefined)
        await repository.renew(last, condition.alert);
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

  function startChecks(): () => Promise<void> {
    const debounce = createWakeUp(timers);
    let isFirst = true;
    const loop = startBackgroundLoop({
      timers,
      async work() {
        await debounce.sleep(DEBOUNCE_MS);
        if (!loop.stopped) await check(isFirst);
        isFirst = false;
        return CHECK_INTERVAL_MS;
      },
      onFailure(error) {
        log.error({ err: error }, 'alerts could not be checked');
        return CHECK_INTERVAL_MS;
      },
    });
    checks = loop;
    return () => {
      checks = undefined;
      debounce.stop();
      return loop.stop();
    };
  }

  const giveUp = leases.want('alerts', startChecks);
  return {
    wake: () => checks?.wake(),
    raise(alert) {
      raise(alert).catch((error: unknown) => log.error({ err: error }, 'an alert could not be stored'));
    },
    stop: giveUp,
  };
}
