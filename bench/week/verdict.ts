import type { WeekEnd } from './lost-node.ts';
import type { Observer } from './observer.ts';

/** Growth and memory of the last whole day, as multiples of those of the second. */
const MOST = { memory: 1.5, growth: 2 };

/** Alerts of what the operator ended. */
const HAVE_AN_END = ['MARKET_STALE', 'LOOP_SILENT', 'DISK_LOW', 'WARMUP_ERROR'];

/** What is wrong at the end of the week, as sentences; none if all is well. */
export function violationsOfWeek(
  { violations, days, alerts }: Observer,
  { accounts, deaths }: WeekEnd,
): string[] {
  const [first, second] = days;
  const [before, last] = days.slice(-3);
  const newest = new Map(alerts.map((alert) => [alert.subject, alert]));
  const lasting = [...newest.values()].filter(({ kind }) => HAVE_AN_END.includes(kind));
  const memory = days.at(-1)!.residentMb / second!.residentMb;
  const growth = (last!.storeMb - before!.storeMb) / (second!.storeMb - first!.storeMb);
  return [
    ...violations,
    ...deaths,
    ...lasting.map(({ kind, subject }) => `${kind} of ${subject} is not over`),
    ...accounts.flatMap(({ faults }) => faults),
    ...(memory <= MOST.memory ? [] : [`memory is ${memory.toFixed(2)} times that of day 2`]),
    ...(growth <= MOST.growth ? [] : [`the store grows ${growth.toFixed(2)} times as fast as on day 2`]),
  ];
}
