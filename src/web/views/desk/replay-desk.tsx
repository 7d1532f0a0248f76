import { useEffect, useMemo } from 'preact/hooks';
import type { ReplayAnswer } from '../../../http/replays/schema.ts';
import { ProgressBar } from '../../components/loading.tsx';
import { Notice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { REPLAY_STATE, StateBadge } from '../../components/status-badges.tsx';
import { Time } from '../../components/time.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { pipelineOf } from '../../data/pipeline.ts';
import { useJson } from '../../data/resource.ts';
import { withSegments } from '../../data/urls.ts';
import { count, usdt } from '../../format/numbers.ts';
import { compareAddress } from '../../views.ts';
import { CounterfactualPanel } from './counterfactual-panel.tsx';
import { EquityPanel } from './equity-panel.tsx';
import { ACTION_LABELS, REASON_LABELS } from './labels.ts';
import { LookAheadNotice } from './look-ahead-notice.tsx';
import { MarketPanel } from './market-panel.tsx';
import { OriginPanel } from './origin-panel.tsx';
import { replayRecords } from './record-source.ts';
import { RecordsPanel } from './records-panel.tsx';
import { SmallTable } from './small-table.tsx';
import { StatisticsPanel } from './statistics-panel.tsx';
import { useDecisionsAndTrades } from './use-decisions-and-trades.ts';
import { useQuery } from './use-query.ts';

const NO_POSITIONS: readonly never[] = [];

/** A replay, in the panels of a live account, and clearly marked as a replay. */
export function ReplayDesk({ id }: { readonly id: string }) {
  const replay = useJson<ReplayAnswer>(withSegments('/paper/replays', id), {
    reloadOn: ['replay'],
    isRelevant: ({ data }) => data.id === id || data.counterfactual_of === id,
  });
  return (
    <>
      <ViewHeader title="Desk" detail="A replay of past candles, not live paper trading." />
      <div class="replay-banner" role="note">
        <b>REPLAY</b>
        <span>The current package on past candles. Nothing here was traded live.</span>
        <a href={compareAddress('replays')}>All replays</a>
      </div>
      <WhenLoaded resource={replay} lines={12}>
        {(answer) => <ReplayPanels replay={answer} />}
      </WhenLoaded>
    </>
  );
}

interface ReplayProps {
  readonly replay: ReplayAnswer;
}

function ReplayPanels({ replay }: ReplayProps) {
  const source = useMemo(() => replayRecords(replay.id), [replay.id]);
  const { query, change } = useQuery();
  const { decisions, trades } = useDecisionsAndTrades(source);
  const packageId = replay.model_package_id;
  const pipeline = pipelineOf(replay);
  // The selected package in the top bar must be that of the replay.
  useEffect(() => {
    if (query.model !== packageId) change({ model: packageId });
  }, [query.model, packageId]);
  return (
    <div class="desk desk-replay">
      <div class="desk-decision">
        <Summary replay={replay} />
      </div>
      <div class="desk-statistics">
        {replay.result !== null && <StatisticsPanel performance={replay.result.performance} />}
        {replay.result !== null && <OriginPanel source={source} />}
        {replay.result !== null && replay.counterfactual === null && (
          <CounterfactualPanel id={replay.id} counterfactuals={replay.counterfactuals} />
        )}
      </div>
      <div class="desk-equity">
        <EquityPanel source={source} until={Date.parse(replay.to)} />
      </div>
      <div class="desk-market">
        <MarketPanel
          symbol={replay.symbol}
          modelId={replay.model_id}
          pipeline={pipeline}
          until={replay.to}
          livePrice={undefined}
          forecast={undefined}
          pastAsOf={query.candle}
          onClosePast={() => change({ candle: undefined })}
          trades={trades.pages.data.value?.items ?? NO_POSITIONS}
          lots={NO_POSITIONS}
          onOlderTrades={trades.loadMore}
        />
      </div>
      <div class="desk-records">
        <RecordsPanel
          {...{ source, pipeline, decisions, trades }}
          quality={replay.result?.forecast_quality ?? null}
          fileName={`trades-replay-${replay.id}`}
        />
      </div>
    </div>
  );
}

const OUTCOME_LABELS: Readonly<Record<string, string>> = { ...REASON_LABELS, ...ACTION_LABELS };

const PHASE_LABELS = {
  LOADING: 'Loading candles',
  DECIDING: 'Deciding',
  CHECKING: 'Checking for look-ahead',
  EVALUATING: 'Evaluating',
} as const;

function Summary({ replay }: ReplayProps) {
  const { state, progress, error, result, settings, decided_candles: decided } = replay;
  const { phase, done, total } = progress;
  const rows = [
    ['Package', replay.model_package_id],
    ['Symbol', replay.symbol],
    ['From, UTC', <Time key="from" at={replay.from} />],
    ['To, UTC', <Time key="to" at={replay.to} />],
    ['Market', replay.market_source],
    ['Initial balance', `${usdt(replay.initial_balance)} USDT`],
    ['Decided candles', decided === null ? 'all' : count(decided)],
    ['Opposite signal', settings.opposite === 'flip' ? 'flips the position' : 'is ignored'],
    ['Max lots', count(settings.max_positions)],
    ['Incomplete candles', `${count(replay.quarters_incomplete)} of ${count(done)}`],
    ['Forecasts computed', count(replay.forecasts.computed)],
    ['Forecasts reused', count(replay.forecasts.known)],
  ] as const;
  return (
    <Panel title={replay.label ?? 'Replay'} beside={<StateBadge labels={REPLAY_STATE} state={state} />}>
      {error !== null && (
        <Notice tone="bad">
          {error.detail} <code>{error.code}</code>
        </Notice>
      )}
      {(state === 'RUNNING' || state === 'QUEUED') && (
        <ProgressBar
          label={phase === null ? 'Queued' : PHASE_LABELS[phase]}
          value={done}
          max={total}
          detail={`${count(done)} of ${count(total)} candles`}
        />
      )}
      {result !== null && result.look_ahead !== null && <LookAheadNotice lookAhead={result.look_ahead} />}
      <div class="statistics">
        <dl>
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="user-text">{value}</dd>
            </div>
          ))}
        </dl>
        {result !== null && (
          <SmallTable
            columns={['Outcome', 'Candles']}
            rows={Object.entries(result.reasons)
              .sort(([, a], [, b]) => b - a)
              .map(([outcome, candles]) => [OUTCOME_LABELS[outcome] ?? outcome, count(candles)])}
          />
        )}
      </div>
    </Panel>
  );
}
