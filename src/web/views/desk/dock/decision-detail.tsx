import type { ComponentChildren } from 'preact';
import type { DecisionRowAnswer } from '../../../../http/decisions/schema.ts';
import { type Fan, startOf } from '../../../charts/forecast-points.ts';
import { Button } from '../../../components/button.tsx';
import { WhenLoaded } from '../../../components/when-loaded.tsx';
import { type Resource, useJson } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import { fixed, leverage, price, usdt } from '../../../format/numbers.ts';
import { hours, utcMoment } from '../../../format/time.ts';
import { insteadSentence } from '../forecast-at.ts';
import { ACTION_LABELS, priceChange, REASON_LABELS, REASON_REMEDIES } from '../labels.ts';
import type { Run } from '../run.ts';
import type { RecordPage } from './record-list.ts';

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
  readonly run: Run;
  /** Close time of the candle. */
  readonly candle: string;
  /** In the chart. */
  readonly forecast: Resource<Fan | null>;
  /** Another candle is to be shown, or none. */
  readonly onCandle: (candle: string | undefined) => void;
}

/** One decision with its evidence. Its forecast is in the chart. */
export function DecisionDetail({ run, candle, forecast, onCandle }: DecisionDetailProps) {
  const { records, pipeline } = run;
  const address = withQuery(records.decisions, { from: candle, to: candle, limit: '1' });
  const found = useJson<RecordPage<DecisionRowAnswer>>(address, records.reloadOptions('decision'));
  return (
    <section class="decision-detail" aria-label="Selected decision">
      <header class="row spread">
        <h3>Candle closed {utcMoment(candle)} UTC</h3>
        <Button size="small" onClick={() => onCandle(undefined)}>
          Close
        </Button>
      </header>
      <WhenLoaded resource={found} lines={3}>
        {({ items: [row] }) =>
          row === undefined ? (
            <p class="muted">Nothing was decided on this candle.</p>
          ) : (
            <Decision row={row} decisionMs={pipeline.decisionMs} maxHoldSteps={pipeline.maxHoldSteps} />
          )
        }
      </WhenLoaded>
      {forecast.data.value !== undefined && (
        <ForecastInstead {...{ candle, onCandle }} fan={forecast.data.value} />
      )}
    </section>
  );
}

interface ForecastInsteadProps extends Pick<DecisionDetailProps, 'candle' | 'onCandle'> {
  readonly fan: Fan | null;
}

/** Says where the forecast in the chart is not that of the candle, and leads to its own. */
function ForecastInstead({ candle, fan, onCandle }: ForecastInsteadProps) {
  const sentence = insteadSentence(candle, fan);
  if (sentence === undefined) return null;
  return (
    <p class="muted small">
      {sentence}{' '}
      {fan !== null && (
        <button type="button" class="link" onClick={() => onCandle(new Date(startOf(fan)).toISOString())}>
          Show its decision
        </button>
      )}
    </p>
  );
}

interface DecisionProps extends Pick<Run['pipeline'], 'decisionMs' | 'maxHoldSteps'> {
  readonly row: DecisionRowAnswer;
}

function Decision({ row, decisionMs, maxHoldSteps }: DecisionProps) {
  const { action, actions, evidence, order, reason, source } = row;
  return (
    <>
      <p class="user-text">
        <b>{ACTION_LABELS[action]}</b>
        {reason !== null && `, ${REASON_LABELS[reason]}`}. {actions.join(' ')}{' '}
        {reason !== null && REASON_REMEDIES[reason]}
      </p>
      {order !== null && (
        <p class="small">
          {usdt(order.size_usdt)} USDT {order.side} at {leverage(order.leverage)}, margin{' '}
          {usdt(order.margin_usdt)}: filled at {price(order.fill_price)}, stop {price(order.stop_loss)},
          target {price(order.take_profit)}, fee {usdt(order.fee_usdt)}.
        </p>
      )}
      {evidence === null ? (
        <p class="muted small">
          {source === 'external' ? 'The signal was external.' : 'The package was not asked on this candle.'}
        </p>
      ) : (
        <Evidence {...{ evidence, decisionMs, maxHoldSteps }} />
      )}
    </>
  );
}

interface EvidenceProps extends Omit<DecisionProps, 'row'> {
  readonly evidence: NonNullable<DecisionRowAnswer['evidence']>;
}

function Evidence({ evidence, decisionMs, maxHoldSteps }: EvidenceProps) {
  const { quantiles, raw_action, account_vector, timings_ms, inputs_hash } = evidence;
  const names = accountValueNames(maxHoldSteps);
  return (
    <>
      <Values
        title="Expected price change: low, middle, high"
        rows={quantiles.map(({ step, low, mid, high }) => [
          `in ${hours(step * decisionMs)}`,
          [low, mid, high].map(priceChange).join('  '),
        ])}
      />
      <details class="small">
        <summary>What the policy saw and answered</summary>
        <Values
          title="Raw action, −1 to 1"
          rows={raw_action.map((value, index) => [ACTION_NAMES[index] ?? index, fixed(value, 4)])}
        />
        <Values
          title="Observed account"
          rows={account_vector.map((value, index) => [
            names[index] ?? index,
            fixed(value, Number.isInteger(value) ? 0 : 4),
          ])}
        />
        <Values
          title="Computed in, ms"
          rows={Object.entries(timings_ms).map(([stage, ms]) => [stage, fixed(ms, 2)] as const)}
        />
        <p class="user-text">
          Hash of the inputs: <code>{inputs_hash ?? 'not stored'}</code>
        </p>
      </details>
    </>
  );
}

interface ValuesProps {
  readonly title: string;
  readonly rows: readonly (readonly [name: string | number, value: ComponentChildren])[];
}

function Values({ title, rows }: ValuesProps) {
  return (
    <div class="values">
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
