import type { ComponentChildren } from 'preact';
import type { DecisionRowAnswer } from '../../../http/accounts/schema.ts';
import { Button } from '../../components/button.tsx';
import { Time } from '../../components/time.tsx';
import { fixed, percent, price, signed, usdt } from '../../format/numbers.ts';
import { REASON_REMEDIES } from './reasons.ts';

const ACTION_PARTS = ['direction', 'size', 'leverage', 'stop', 'target'];
const ACCOUNT_PARTS = [
  'open lots',
  'side (1 long, 2 short)',
  'margins / equity',
  'notional / equity',
  'unrealised PnL / equity',
  'longest hold, steps',
  'steps left of 192',
  'liquidation buffer',
  'exposure left / equity',
];
const STEPS_PER_HOUR = 4;

/** All that is known of one decision: what it was made from, and what came of it. */
export function DecisionDetail({
  row,
  onClose,
}: {
  readonly row: DecisionRowAnswer;
  readonly onClose: () => void;
}) {
  const { evidence, order, reason } = row;
  const remedy = reason === null ? undefined : REASON_REMEDIES[reason];
  return (
    <section class="decision-detail" aria-label="The selected decision">
      <header>
        <h3>
          Candle that closed at <Time at={row.as_of} /> UTC
        </h3>
        <Button size="small" onClick={onClose}>
          Close
        </Button>
      </header>
      <p class="foreign">
        {row.actions.join(' ')} {remedy}
      </p>
      {order !== null && (
        <p>
          Order: {order.side}, {usdt(order.size_usdt)} USDT at {order.leverage}x (margin{' '}
          {usdt(order.margin_usdt)}), filled at {price(order.fill_price)}, stop {price(order.stop_loss)},
          target {price(order.take_profit)}, fee {usdt(order.fee_usdt)} USDT.
        </p>
      )}
      {evidence === null ? (
        <p class="soft">
          The package was not asked on this candle
          {row.source === 'external' && ': the signal came from outside'}.
        </p>
      ) : (
        <div class="evidence">
          <Numbers title="Forecast, change of price">
            {evidence.quantiles.map(({ step, low, mid, high }) => (
              <Row key={step} name={`in ${step / STEPS_PER_HOUR} h`}>
                {[low, mid, high].map((value) => signed(Math.expm1(value) * 100, percent)).join('  ')}
              </Row>
            ))}
          </Numbers>
          <Numbers title="Raw action, −1 to 1">
            {evidence.raw_action.map((value, index) => (
              <Row key={ACTION_PARTS[index]} name={ACTION_PARTS[index] ?? index}>
                {fixed(value, 4)}
              </Row>
            ))}
          </Numbers>
          <Numbers title="Account that it saw">
            {evidence.account_vector.map((value, index) => (
              <Row key={ACCOUNT_PARTS[index]} name={ACCOUNT_PARTS[index] ?? index}>
                {fixed(value, Number.isInteger(value) ? 0 : 4)}
              </Row>
            ))}
          </Numbers>
          <Numbers title="Latency, ms">
            {Object.entries(evidence.timings_ms).map(([stage, ms]) => (
              <Row key={stage} name={stage}>
                {fixed(ms, 2)}
              </Row>
            ))}
            <Row name="inputs">
              <code title={evidence.inputs_hash ?? undefined}>{evidence.inputs_hash?.slice(0, 16)}</code>
            </Row>
          </Numbers>
        </div>
      )}
    </section>
  );
}

function Numbers({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <h4>{title}</h4>
      <dl>{children}</dl>
    </div>
  );
}

function Row({ name, children }: { readonly name: string | number; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
