import { createSingleFlight } from '../../runtime/single-flight.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';

export interface ClockStatus {
  /** The exchange's clock minus ours, in ms; null before the first measurement. */
  readonly skewMs: number | null;
  /** Whether the clocks differ by more than a few seconds. */
  readonly bad: boolean;
  readonly detail: string;
}

/**
 * The exchange's clock minus ours. The server reads its clock between our sending and receiving, so the true value lies
 * between both bounds. Our clock may jump meanwhile, so the monotonic clock also limits how long that took.
 */
interface Lead {
  readonly min: number;
  readonly max: number;
  readonly measuredAt: number;
}

const FRESH_MS = 10_000;
const BAD_SKEW_MS = 5_000;

/**
 * The exchange's clock compared with ours, so that neither is trusted alone (market.md#26).
 * @param clock ours
 * @param monotonic ms that only ever grow
 * @param serverTime requests the exchange's time, in ms
 */
export function createExchangeClock(
  clock: Clock,
  monotonic: Timers['monotonic'],
  serverTime: () => Promise<number>,
) {
  let lead: Lead | undefined;
  const singleFlight = createSingleFlight<void>();

  async function measureLead(): Promise<Lead> {
    const [sentAt, sentMonotonic] = [clock(), monotonic()];
    const server = await serverTime();
    const receivedAt = clock();
    const took = receivedAt - sentAt;
    const elapsed = monotonic() - sentMonotonic;
    const min = server - receivedAt;
    return { min, max: min + (took < 0 ? elapsed : Math.min(took, elapsed)), measuredAt: receivedAt };
  }

  async function compare(): Promise<void> {
    const found = await measureLead();
    const jumped = Math.abs(found.min - (lead?.min ?? 0)) > BAD_SKEW_MS;
    // A large change needs a second answer.
    lead = jumped ? await measureLead() : found;
  }

  return {
    /** Requests the exchange's time, unless that was done within the last 10 s. */
    async measure(): Promise<void> {
      // A jump of our clock in either direction makes the measurement invalid.
      if (lead !== undefined && Math.abs(clock() - lead.measuredAt) < FRESH_MS) return;
      await singleFlight('compare', compare);
    },
    /** The earlier of both clocks: a candle closed by then is certainly closed. Call `measure` first. */
    earliest: () => clock() + Math.min(0, lead?.min ?? 0),
    /** The later of both clocks. */
    latest: () => clock() + Math.max(0, lead?.max ?? 0),
    status(): ClockStatus {
      if (lead === undefined)
        return { skewMs: null, bad: false, detail: 'The clocks have not been compared yet.' };
      const skewMs = Math.round((lead.min + lead.max) / 2);
      const bad = Math.abs(skewMs) > BAD_SKEW_MS;
      const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
      const detail = bad
        ? `The exchange's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours: set this machine's clock (NTP).`
        : `The clocks agree within ${seconds} s.`;
      return { skewMs, bad, detail };
    },
  };
}
