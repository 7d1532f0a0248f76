import type { MarketStatusAnswer } from '../../../http/market/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { StateBadge, type StateLabels } from '../../components/status-badges.tsx';
import { Time } from '../../components/time.tsx';
import { DefinitionList } from '../../components/values.tsx';
import { count, NO_VALUE } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';

type Status = MarketStatusAnswer['exchange'];

const CIRCUIT: StateLabels<Status['circuit']['state']> = {
  closed: ['Requests allowed', 'good'],
  'half-open': ['Testing', 'warn'],
  open: ['Requests blocked', 'bad'],
};

/** Whether the exchange can be reached, how much it is used, and its last response. */
export function Exchange({ exchange }: { readonly exchange: Status }) {
  const { id, circuit, clock, weight, last_error, last_success_at } = exchange;
  return (
    <DefinitionList
      rows={[
        ['Exchange', <code key="id">{id}</code>],
        ['Circuit', <Circuit key="circuit" circuit={circuit} />],
        ['Request weight', <Weight key="weight" weight={weight} />],
        [
          'Clock',
          <>
            {clock.bad && <Badge tone="bad">wrong</Badge>}{' '}
            {clock.bad
              ? clock.detail
              : clock.skew_ms === null
                ? NO_VALUE
                : `${duration(clock.skew_ms)} from the exchange’s clock`}
          </>,
        ],
        ['Last response', <Time key="success" at={last_success_at} show="age" />],
        [
          'Last error',
          last_error === null ? (
            'no error since the start'
          ) : (
            <>
              <Time at={last_error.at} show="age" />: {last_error.message}
            </>
          ),
        ],
      ]}
    />
  );
}

function Circuit({ circuit: { state, detail, retry_at } }: { readonly circuit: Status['circuit'] }) {
  return (
    <>
      <StateBadge labels={CIRCUIT} state={state} /> {state !== 'closed' && detail}
      {retry_at !== null && (
        <>
          {' '}
          Next try <Time at={retry_at} show="age" />.
        </>
      )}
    </>
  );
}

function Weight({ weight }: { readonly weight: Status['weight'] }) {
  if (weight === null) return <>{NO_VALUE}</>;
  const { used, per_minute } = weight;
  return (
    <span class="meter">
      <meter
        min={0}
        max={per_minute}
        high={per_minute * 0.7}
        value={used}
        aria-label="Request weight in this minute"
      />
      <span>
        {count(used)} of {count(per_minute)} per minute
      </span>
    </span>
  );
}
