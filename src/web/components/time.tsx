import { now } from '../data/clock.ts';
import { NOTHING } from '../format/numbers.ts';
import { age, instantOf, localMinute, utcMinute } from '../format/time.ts';

interface TimeProps {
  /** ISO 8601, or ms since the epoch. */
  readonly at: string | number | null | undefined;
  /** `minute`: `2026-01-31 14:05`; `age`: `3 min ago`; `both`: one below the other. Column heads say UTC. */
  readonly show?: 'minute' | 'age' | 'both';
}

/** An instant in UTC; where the reader is, and how long ago, on resting on it. */
export function Time({ at, show = 'minute' }: TimeProps) {
  const ms = instantOf(at);
  if (ms === undefined) return <span class="soft">{NOTHING}</span>;
  const title = `${utcMinute(ms)} UTC\n${localMinute(ms)}`;
  return (
    <time dateTime={new Date(ms).toISOString()} title={title}>
      {show !== 'age' && utcMinute(ms)}
      {show === 'both' && <br />}
      {show !== 'minute' && (
        <span class={show === 'both' ? 'soft small' : ''}>
          <Age ms={ms} />
        </span>
      )}
    </time>
  );
}

/** Alone in following the clock, so that nothing else is drawn every second. */
function Age({ ms }: { readonly ms: number }) {
  return <>{age(ms, now.value)}</>;
}
