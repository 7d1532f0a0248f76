import { now } from '../data/clock.ts';
import { connectNow, outage } from '../data/events.ts';
import { duration, utcClock } from '../format/time.ts';
import { Button } from './button.tsx';

/** Says above the view, while the service cannot be reached, what is shown and when the next attempt begins. */
export function OfflineNotice() {
  const current = outage.value;
  if (current === undefined) return null;
  return (
    <div class="offline-notice">
      <p role="status">
        <strong>No answer since {utcClock(current.since)} UTC.</strong> What you see is from then.
      </p>
      <p class="muted">
        <NextTry at={current.nextTryAt} />
      </p>
      <Button size="small" onClick={connectNow}>
        Try now
      </Button>
    </div>
  );
}

/** The only part that depends on the clock; screen readers do not hear it. */
function NextTry({ at }: { readonly at: number }) {
  const left = at - now.value;
  return <>{left > 0 ? `Next try in ${duration(Math.ceil(left / 1000) * 1000)}.` : 'Trying now.'}</>;
}
