import type { DashboardAnswer } from '../../../../http/dashboard/schema.ts';
import { Skeleton } from '../../../components/loading.tsx';
import { ErrorNotice } from '../../../components/messages.tsx';
import { now } from '../../../data/clock.ts';
import type { Resource } from '../../../data/resource.ts';
import { count } from '../../../format/numbers.ts';
import { countdown } from '../../../format/time.ts';
import { Gauge } from './gauge.tsx';
import { StartTrading } from './start-trading.tsx';

interface NowProps {
  readonly dashboard: Resource<DashboardAnswer>;
  /** Directions of the last day. */
  readonly trail: readonly number[];
  readonly packageId: string | undefined;
}

/** What the package says about the newest candle, how far the other outcome is, and when the next candle closes. */
export function Now({ dashboard, trail, packageId }: NowProps) {
  const answer = dashboard.data.value;
  return (
    <section class="now" aria-label="Now">
      {answer === undefined ? (
        <>
          <ErrorNotice error={dashboard.error.value} onRetry={dashboard.reload} />
          {dashboard.error.value === undefined && <Skeleton lines={3} />}
        </>
      ) : (
        <>
          <Decision answer={answer} trail={trail} />
          <StartTrading packageId={packageId} modelId={answer.account.model_id} />
        </>
      )}
    </section>
  );
}

interface DecisionProps extends Pick<NowProps, 'trail'> {
  readonly answer: DashboardAnswer;
}

function Decision({ answer: { now: present, next_decision_at }, trail }: DecisionProps) {
  const { sentence, direction, threshold, agreement_pct } = present;
  return (
    <>
      <div role="status">
        <h2>{sentence}</h2>
      </div>
      {direction !== null && <Gauge direction={direction} threshold={Math.abs(threshold)} trail={trail} />}
      <p class="muted small">
        {agreement_pct !== null && `${count(agreement_pct)} of 100 sampled actions agree. `}
        Next candle: <Countdown at={Date.parse(next_decision_at)} />
      </p>
    </>
  );
}

/** A component of its own, so that only it re-renders every second. */
function Countdown({ at }: { readonly at: number }) {
  return <b class="strong">{countdown(at - now.value)}</b>;
}
