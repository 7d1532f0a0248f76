import type { DashboardAnswer, DecisionRowAnswer } from '../../../http/accounts/schema.ts';
import type { MlSignalAnswer } from '../../../http/decisions/schema.ts';
import type { SystemAnswer } from '../../../http/system/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Note } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { now } from '../../data/clock.ts';
import { fixed } from '../../format/numbers.ts';
import { minutesAndSeconds } from '../../format/time.ts';
import { Direction } from './direction.tsx';
import { ACTION_WORDS, REASON_REMEDIES, REASON_WORDS } from './reasons.ts';

const QUARTER_MS = 15 * 60_000;
/** After this the service opens nothing on a candle. */
const STALE_MS = 30 * 60_000;

export type PolledAccount = SystemAnswer['accounts'][number];

interface DecisionCardProps {
  readonly dashboard: DashboardAnswer;
  /** The newest row of the log; undefined while there is none. */
  readonly row: DecisionRowAnswer | undefined;
  /** How the account is polled; undefined where that is not known. */
  readonly polled: PolledAccount | undefined;
}

/** What the package says of the newest candle, what became of it, and when the next decision is due. */
export function DecisionCard({ dashboard, row, polled }: DecisionCardProps) {
  const { account, ml_signal: said } = dashboard;
  const isOfCandle = row !== undefined && (said === null || row.as_of === said.timestamp);
  return (
    <Panel title="Decision" beside={<LoopState polled={polled} />}>
      {said === null ? <Silence account={account} /> : <Said said={said} />}
      {isOfCandle ? <Outcome row={row} /> : said !== null && <NotYet />}
      <dl class="facts decision-facts">
        <dt>Newest candle</dt>
        <dd>
          {said === null ? <Time at={row?.as_of} show="age" /> : <CandleAge closedAt={said.timestamp} />}
        </dd>
        <dt>Next candle</dt>
        <dd>
          <Countdown />
        </dd>
        <dt>Last poll</dt>
        <dd>{polled?.last_poll_at == null ? 'never' : <Time at={polled.last_poll_at} show="age" />}</dd>
      </dl>
      {account.model_package_id !== null && <LoopAdvice polled={polled} accountId={account.model_id} />}
    </Panel>
  );
}

function Said({ said }: { readonly said: MlSignalAnswer }) {
  const { signal, confidence, probabilities, diagnostics } = said;
  return (
    <>
      <div class="decision-signal">
        <Direction signal={signal} />
        <div>
          <b>{confidence} %</b> <span class="soft">confidence</span>
        </div>
        <div>
          <b>{diagnostics.strength}</b> <span class="soft">strength</span>
        </div>
      </div>
      <Probabilities of={probabilities} />
      {diagnostics.detail !== null && <Note tone="warn">{diagnostics.detail}</Note>}
    </>
  );
}

/** How likely an action drawn from the policy would fall into each band. */
function Probabilities({ of }: { readonly of: MlSignalAnswer['probabilities'] }) {
  const parts = [
    { key: 'short', label: 'Short', value: of.short },
    { key: 'flat', label: 'Flat', value: of.flat },
    { key: 'long', label: 'Long', value: of.long },
  ];
  return (
    <div class="probabilities">
      <div aria-hidden="true">
        {parts.map(({ key, value }) => (
          <i key={key} class={`probability-${key}`} style={{ width: `${value}%` }} />
        ))}
      </div>
      <dl>
        {parts.map(({ key, label, value }) => (
          <div key={key}>
            <dt>{label}</dt>
            <dd>{fixed(value, 0)} %</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Outcome({ row }: { readonly row: DecisionRowAnswer }) {
  const { action, reason, actions } = row;
  const remedy = reason === null ? undefined : REASON_REMEDIES[reason];
  return (
    <div class="decision-outcome">
      <p>
        <b>{ACTION_WORDS[action]}</b> {reason !== null && <Badge>{reason}</Badge>}
      </p>
      <p class="foreign">
        {actions.length > 0 || reason === null ? actions.join(' ') : `Why: ${REASON_WORDS[reason]}.`} {remedy}
      </p>
    </div>
  );
}

function NotYet() {
  return (
    <div class="decision-outcome">
      <p>
        <b>Not decided yet</b>
      </p>
      <p class="small soft">
        This is what the package says. An order follows when the loop polls in this quarter of an hour.
      </p>
    </div>
  );
}

/** Why the package says nothing. */
function Silence({ account }: { readonly account: DashboardAnswer['account'] }) {
  const { model_package_id: packageId, warmup_status: warmUp } = account;
  if (packageId === null)
    return <Note tone="info">This account has no package: it takes signals from outside only.</Note>;
  if (warmUp === 'ERROR')
    return (
      <Note tone="bad">
        The package could not be warmed up; <a href={`/packages/${packageId}`}>Packages</a> says why.
      </Note>
    );
  if (warmUp === 'PENDING' || warmUp === 'RUNNING')
    return <Note tone="info">The package is being warmed up; its first decision follows in a moment.</Note>;
  return (
    <Note tone="warn">
      The package cannot be asked at the moment: it is archived, or the market data is not there.{' '}
      <a href="/system">System</a> says more.
    </Note>
  );
}

function CandleAge({ closedAt }: { readonly closedAt: string }) {
  const isStale = now.value - Date.parse(closedAt) > STALE_MS;
  return (
    <>
      <Time at={closedAt} show="age" /> {isStale && <Badge tone="warn">STALE</Badge>}
    </>
  );
}

/** Alone in following the clock. */
function Countdown() {
  const left = QUARTER_MS - (now.value % QUARTER_MS);
  return <>closes in {minutesAndSeconds(left)}</>;
}

const LOOP_BADGES = {
  polling: { tone: 'good', text: 'Loop polls' },
  silent: { tone: 'bad', text: 'Loop silent' },
  none: { tone: 'plain', text: 'No loop' },
} as const;

function LoopState({ polled }: { readonly polled: PolledAccount | undefined }) {
  if (polled === undefined) return null;
  const { tone, text } = LOOP_BADGES[polled.loop];
  return <Badge tone={tone}>{text}</Badge>;
}

function LoopAdvice({
  polled,
  accountId,
}: {
  readonly polled: PolledAccount | undefined;
  readonly accountId: string;
}) {
  if (polled === undefined || polled.loop === 'polling') return null;
  return (
    <p class="small soft">
      Nothing is decided without a loop: <code>npm run loop -- --model-id {accountId}</code>
    </p>
  );
}
