import { now } from '../data/clock.ts';
import { NO_VALUE } from '../format/numbers.ts';
import { age, instantOf, localMinute, utcMinute } from '../format/time.ts';

interface TimeProps {
  /** ISO 8601, or ms since the epoch. */
  readonly at: string | number | null | undefined;
  /** `minute`: `2026-01-31 14:05` in UTC; `age`: `3 min ago`; `both`: the age below the minute. */
  readonly show?: 'minute' | 'age' | 'both';
  /** Shown where there is no time; a dash unless given. */
  readonly missing?: string | undefined;
}

/** An instant; its tooltip gives it in UTC and in the reader's time zone. */
export function Time({ at, show = 'minute', missing }: TimeProps) {
  const ms = instantOf(at);
  if (ms === undefined)
    return <span class={missing === undefined ? 'muted' : ''}>{missing ?? NO_VALUE}</span>;
  const title = `${utcMinute(ms)} UTC\n${localMinute(ms)}`;
  return (
    <time dateTime={new Date(ms).toISOString()} title={title}>
      {show !== 'age' && utcMinute(ms)}
      {show === 'both' && <br />}
      {show !== 'minute' && (
        <span class={show === 'both' ? 'muted small' : ''}>
          <Age ms={ms} />
        </span>
      )}
    </time>
  );
}

/** The only part that depends on the clock, so that nothing else re-renders every second. */
function Age({ ms }: { readonly ms: number }) {
  return <>{age(ms, now.value)}</>;
}
