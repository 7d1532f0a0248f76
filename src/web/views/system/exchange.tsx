import type { MarketStatusAnswer } from '../../../http/market/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Facts } from '../../components/figures.tsx';
import { Time } from '../../components/time.tsx';
import { count, NOTHING } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';

const TONES = { closed: 'good', 'half-open': 'warn', open: 'bad' } as const;
const WORDS = { closed: 'Asked normally', 'half-open': 'Being tried', open: 'Not asked' };

/** Whether the exchange is asked, how much, and what it answered last. */
export function Exchange({ exchange }: { readonly exchange: MarketStatusAnswer['exchange'] }) {
  const { circuit, clock, weight, last_error, last_success_at } = exchange;
  return (
    <Facts
      rows={[
        ['Exchange', <code key="id">{exchange.id}</code>],
        [
          'Circuit',
          <>
            <Badge tone={TONES[circuit.state]} detail={circuit.state}>
              {WORDS[circuit.state]}
            </Badge>{' '}
            {circuit.state !== 'closed' && circuit.detail}
            {circuit.retry_at !== null && (
              <>
                {' '}
                Next try <Time at={circuit.retry_at} show="age" />.
              </>
            )}
          </>,
        ],
        ['Request weight', <Weight key="weight" weight={weight} />],
        [
          'Clock',
          <>
            {clock.bad && <Badge tone="bad">wrong</Badge>}{' '}
            {clock.bad
              ? clock.detail
              : clock.skew_ms === null
                ? NOTHING
                : `${duration(clock.skew_ms)} from the exchange’s`}
          </>,
        ],
        ['Last answer', <Time key="success" at={last_success_at} show="age" />],
        [
          'Last error',
          last_error === null ? (
            'none'
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

function Weight({ weight }: { readonly weight: MarketStatusAnswer['exchange']['weight'] }) {
  if (weight === null) return <>{NOTHING}</>;
  const { used, per_minute } = weight;
  return (
    <span class="meter">
      <meter
        min={0}
        max={per_minute}
        high={per_minute * 0.7}
        value={used}
        aria-label="Request weight of this minute"
      />
      <span>
        {count(used)} of {count(per_minute)} a minute
      </span>
    </span>
  );
}
