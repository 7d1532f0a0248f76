import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { DecisionRowAnswer } from '../../../http/decisions/schema.ts';
import type { MlSignalAnswer } from '../../../http/ml-signal/schema.ts';
import type { SystemAnswer } from '../../../http/system/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Notice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { LOOP_STATE, StateBadge } from '../../components/status-badges.tsx';
import { Time } from '../../components/time.tsx';
import { DefinitionList } from '../../components/values.tsx';
import { now } from '../../data/clock.ts';
import { fixed } from '../../format/numbers.ts';
import { countdown } from '../../format/time.ts';
import { MAX_OVERDUE_MS } from '../../service-rules.ts';
import { packageAddress, VIEWS } from '../../views.ts';
import { Direction } from './direction.tsx';
import { ACTION_LABELS, REASON_LABELS, REASON_REMEDIES } from './labels.ts';

type AccountStatus = SystemAnswer['accounts'][number];

interface DecisionCardProps {
  readonly dashboard: DashboardAnswer;
  /** Length of a decision candle. */
  readonly candleMs: number;
  /** The newest row of the decision log. */
  readonly row: DecisionRowAnswer | undefined;
  /** The loop of the account; undefined while it is not known. */
  readonly loop: AccountStatus | undefined;
}

/** The package's signal on the newest candle, the decision, and when the next candle closes. */
export function DecisionCard({ dashboard, candleMs, row, loop }: DecisionCardProps) {
  const { account, ml_signal: signal } = dashboard;
  const isDecided = row !== undefined && (signal === null || row.as_of === signal.timestamp);
  return (
    <Panel title="Decision" beside={loop && <StateBadge labels={LOOP_STATE} state={loop.loop} />}>
      {signal === null ? <NoSignal account={account} /> : <Signal answer={signal} />}
      {isDecided ? <Outcome row={row} /> : signal !== null && <NotDecidedYet />}
      <DefinitionList
        class="card-details"
        rows={[
          [
            'Newest candle',
            signal === null ? (
              <Time at={row?.as_of} show="age" />
            ) : (
              <CandleAge closedAt={signal.timestamp} candleMs={candleMs} />
            ),
          ],
          ['Next candle', <Countdown key="countdown" candleMs={candleMs} />],
          ['Last poll', <Time key="poll" at={loop?.last_poll_at} show="age" missing="never" />],
        ]}
      />
      {account.model_package_id !== null && (loop?.loop === 'none' || loop?.loop === 'silent') && (
        <p class="small muted">
          Decisions need a loop: <code>npm run loop -- --model-id {account.model_id}</code>
        </p>
      )}
    </Panel>
  );
}

function Signal({ answer }: { readonly answer: MlSignalAnswer }) {
  const { signal, confidence, probabilities, diagnostics } = answer;
  return (
    <>
      <div class="decision-signal">
        <Direction signal={signal} />
        <div>
          <b>{confidence} %</b> <span class="muted">confidence</span>
        </div>
        <div>
          <b>{diagnostics.strength}</b> <span class="muted">strength</span>
        </div>
      </div>
      <Probabilities probabilities={probabilities} />
      {diagnostics.detail !== null && <Notice tone="warn">{diagnostics.detail}</Notice>}
    </>
  );
}

/** The probabilities that an action drawn from the policy is short, flat or long. */
function Probabilities({ probabilities }: Pick<MlSignalAnswer, 'probabilities'>) {
  const rows = [
    { key: 'short', label: 'Short', value: probabilities.short },
    { key: 'flat', label: 'Flat', value: probabilities.flat },
    { key: 'long', label: 'Long', value: probabilities.long },
  ];
  return (
    <div class="probabilities">
      <div aria-hidden="true">
        {rows.map(({ key, value }) => (
          <i key={key} class={`probability-${key}`} style={{ width: `${value}%` }} />
        ))}
      </div>
      <dl>
        {rows.map(({ key, label, value }) => (
          <div key={key}>
            <dt>{label}</dt>
            <dd>{fixed(value, 0)} %</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Outcome({ row: { action, reason, actions } }: { readonly row: DecisionRowAnswer }) {
  return (
    <div class="decision-outcome">
      <p>
        <b>{ACTION_LABELS[action]}</b> {reason !== null && <Badge>{reason}</Badge>}
      </p>
      <p class="user-text">
        {actions.length > 0 || reason === null ? actions.join(' ') : `Reason: ${REASON_LABELS[reason]}.`}{' '}
        {reason !== null && REASON_REMEDIES[reason]}
      </p>
    </div>
  );
}

function NotDecidedYet() {
  return (
    <div class="decision-outcome">
      <p>
        <b>Not decided yet</b>
      </p>
      <p class="small muted">
        This is the signal of the package. It becomes a decision when the loop polls before the next candle
        closes.
      </p>
    </div>
  );
}

/** Why there is no signal. */
function NoSignal({ account }: Pick<DashboardAnswer, 'account'>) {
  const { model_package_id: packageId, warmup_status: warmUp } = account;
  if (packageId === null)
    return <Notice tone="info">This account has no package: it takes external signals only.</Notice>;
  if (warmUp === 'ERROR')
    return (
      <Notice tone="bad">
        The warm-up of the package failed; <a href={packageAddress(packageId)}>Packages</a> shows the reason.
      </Notice>
    );
  if (warmUp === 'PENDING' || warmUp === 'RUNNING')
    return <Notice tone="info">The package is warming up. Its first signal follows shortly.</Notice>;
  return (
    <Notice tone="warn">
      There is no signal now: the package is archived, or market data is missing.{' '}
      <a href={VIEWS.system.path}>System</a> shows the details.
    </Notice>
  );
}

interface CandleAgeProps extends Pick<DecisionCardProps, 'candleMs'> {
  readonly closedAt: string;
}

function CandleAge({ closedAt, candleMs }: CandleAgeProps) {
  const isStale = now.value - Date.parse(closedAt) > candleMs + MAX_OVERDUE_MS;
  return (
    <>
      <Time at={closedAt} show="age" /> {isStale && <Badge tone="warn">STALE</Badge>}
    </>
  );
}

/** A component of its own, so that only it re-renders every second. */
function Countdown({ candleMs }: Pick<DecisionCardProps, 'candleMs'>) {
  return <>closes in {countdown(candleMs - (now.value % candleMs))}</>;
}
