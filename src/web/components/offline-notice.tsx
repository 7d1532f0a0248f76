import { now } from '../data/clock.ts';
import { connectNow, outage } from '../data/events.ts';
import { duration, utcClock } from '../format/time.ts';
import { Button } from './button.tsx';

/**
 * Says above the view, while the service cannot be reached, what is shown and when the next attempt begins. The view is inert
 * then, so this is what the page has to say: its main part, with its heading.
 */
export function OfflineNotice() {
  const current = outage.value;
  if (current === undefined) return null;
  return (
    <main class="offline-notice">
      <div role="status">
        <h1>No answer since {utcClock(current.since)} UTC.</h1> <span>What you see is from then.</span>
      </div>
      <p class="muted">
        <NextTry at={current.nextTryAt} />
      </p>
      <Button size="small" onClick={connectNow}>
        Try now
      </Button>
    </main>
  );
}

/** The only part that depends on the clock; screen readers do not hear it. */
function NextTry({ at }: { readonly at: number }) {
  const left = at - now.value;
  return <>{left > 0 ? `Next try in ${duration(Math.ceil(left / 1000) * 1000)}.` : 'Trying now.'}</>;
}
