import type { ComponentChildren } from 'preact';
import type { DecisionRowAnswer } from '../../../http/decisions/schema.ts';
import { Button } from '../../components/button.tsx';
import { Time } from '../../components/time.tsx';
import type { AccountPipeline } from '../../data/pipeline.ts';
import { fixed, leverage, price, usdt } from '../../format/numbers.ts';
import { hours } from '../../format/time.ts';
import { priceChange, REASON_REMEDIES } from './labels.ts';

/** Names of the numbers of a raw action (forecast-and-policy.md#29). */
const ACTION_NAMES = ['direction', 'size', 'leverage', 'stop', 'target'];
/** Names of the account values (forecast-and-policy.md#20). */
const accountValueNames = (maxHoldSteps: number) => [
  'open lots',
  'side (1 long, 2 short)',
  'margin / equity',
  'notional / equity',
  'unrealized PnL / equity',
  'longest hold, candles',
  `candles left of ${maxHoldSteps}`,
  'liquidation buffer',
  'available exposure / equity',
];

interface DecisionDetailProps {
  readonly row: DecisionRowAnswer;
  readonly pipeline: AccountPipeline;
  readonly onClose: () => void;
}

/** One decision with its evidence. */
export function DecisionDetail({ row, pipeline, onClose }: DecisionDetailProps) {
  const { evidence, order, reason } = row;
  return (
    <section class="decision-detail" aria-label="Selected decision">
      <header>
        <h3>
          Candle closed at <Time at={row.as_of} /> UTC
        </h3>
        <Button size="small" onClick={onClose}>
          Close
        </Button>
      </header>
      <p class="user-text">
        {row.actions.join(' ')} {reason !== null && REASON_REMEDIES[reason]}
      </p>
      {order !== null && (
        <p>
          Order: {order.side}, {usdt(order.size_usdt)} USDT at {leverage(order.leverage)} (margin{' '}
          {usdt(order.margin_usdt)}), fill {price(order.fill_price)}, stop {price(order.stop_loss)}, target{' '}
          {price(order.take_profit)}, fee {usdt(order.fee_usdt)} USDT.
        </p>
      )}
      {evidence === null ? (
        <p class="muted">
          The package was not evaluated on this candle
          {row.source === 'external' && ': the signal was external'}.
        </p>
      ) : (
        <Evidence evidence={evidence} pipeline={pipeline} />
      )}
    </section>
  );
}

interface EvidenceProps extends Pick<DecisionDetailProps, 'pipeline'> {
  readonly evidence: NonNullable<DecisionRowAnswer['evidence']>;
}

function Evidence({ evidence, pipeline: { decisionMs, maxHoldSteps } }: EvidenceProps) {
  const { quantiles, raw_action, account_vector, timings_ms, inputs_hash } = evidence;
  const accountValues = accountValueNames(maxHoldSteps);
  return (
    <div class="evidence">
      <Values
        title="Forecast price change"
        rows={quantiles.map(({ step, low, mid, high }) => [
          `in ${hours(step * decisionMs)}`,
          [low, mid, high].map(priceChange).join('  '),
        ])}
      />
      <Values
        title="Raw action, −1 to 1"
        rows={raw_action.map((value, index) => [ACTION_NAMES[index] ?? index, fixed(value, 4)])}
      />
      <Values
        title="Observed account"
        rows={account_vector.map((value, index) => [
          accountValues[index] ?? index,
          fixed(value, Number.isInteger(value) ? 0 : 4),
        ])}
      />
      <Values
        title="Latency, ms"
        rows={[
          ...Object.entries(timings_ms).map(([stage, ms]) => [stage, fixed(ms, 2)] as const),
          [
            'input hash',
            <code key="hash" title={inputs_hash ?? undefined}>
              {inputs_hash?.slice(0, 16)}
            </code>,
          ],
        ]}
      />
    </div>
  );
}

interface ValuesProps {
  readonly title: string;
  readonly rows: readonly (readonly [name: string | number, value: ComponentChildren])[];
}

function Values({ title, rows }: ValuesProps) {
  return (
    <div>
      <h4>{title}</h4>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
