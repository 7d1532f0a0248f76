import type { Clock, Timers } from '../../runtime/timers.ts';

/** The exchange's clock as far as it can be told from here. Never trusts one clock alone. */
export interface ExchangeClock {
  /** Asks the exchange for its time, unless it did within the last seconds. */
  measure(): Promise<void>;
  /** The earlier of both clocks: what was over by then is over for certain. Call `measure` first. */
  earliest(): number;
  /** The later of both clocks: what is younger than that is young for certain. */
  latest(): number;
  status(): ClockStatus;
}

export interface ClockStatus {
  /** The exchange's clock minus ours, in ms; null before the first measurement. */
  readonly skewMs: number | null;
  /** Whether the clocks differ by more than a few seconds. */
  readonly bad: boolean;
  readonly detail: string;
}

/**
 * The server reads its clock between our sending and receiving, so its lead over ours lies between these two. Ours may
 * jump in between, so that a clock which never does has a say in how long that took.
 */
interface Lead {
  readonly least: number;
  readonly most: number;
  readonly measuredAt: number;
}

const FRESH_MS = 10_000;
const BAD_SKEW_MS = 5_000;

/**
 * @param clock ours
 * @param monotonic ms that only ever grow
 * @param serverTime asks the exchange for its time, in ms
 */
export function createExchangeClock(
  clock: Clock,
  monotonic: Timers['monotonic'],
  serverTime: () => Promise<number>,
): ExchangeClock {
  let lead: Lead | undefined;
  let comparing: Promise<void> | undefined;

  async function ask(): Promise<Lead> {
    const sent = { at: clock(), elapsed: monotonic() };
    const server = await serverTime();
    const receivedAt = clock();
    const took = receivedAt - sent.at;
    const elapsed = monotonic() - sent.elapsed;
    const least = server - receivedAt;
    return { least, most: least + (took < 0 ? elapsed : Math.min(took, elapsed)), measuredAt: receivedAt };
  }

  async function compare(): Promise<void> {
    const found = await ask();
    const jumped = Math.abs(found.least - (lead?.least ?? 0)) > BAD_SKEW_MS;
    // One odd answer is not believed without another.
    lead = jumped ? await ask() : found;
  }

  return {
    async measure() {
      // A step of our clock, either way, makes the measurement old.
      if (lead !== undefined && Math.abs(clock() - lead.measuredAt) < FRESH_MS) return;
      comparing ??= compare().finally(() => {
        comparing = undefined;
      });
      await comparing;
    },
    earliest: () => clock() + Math.min(0, lead?.least ?? 0),
    latest: () => clock() + Math.max(0, lead?.most ?? 0),
    status() {
      if (lead === undefined)
        return { skewMs: null, bad: false, detail: 'The clocks were not compared yet.' };
      const skewMs = Math.round((lead.least + lead.most) / 2);
      const bad = Math.abs(skewMs) > BAD_SKEW_MS;
      const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
      const detail = bad
        ? `The exchange's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours: set this machine's clock (NTP).`
        : `The clocks agree within ${seconds} s.`;
      return { skewMs, bad, detail };
    },
  };
}
