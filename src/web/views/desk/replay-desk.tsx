import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { ReplayAnswer } from '../../../http/replays/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Note } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { ViewHead } from '../../components/view-head.tsx';
import { Progress } from '../../components/waiting.tsx';
import { getJson } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { count, usdt } from '../../format/numbers.ts';
import { replayBook } from './book.ts';
import { Area } from './desk-area.tsx';
import { EquityPanel } from './equity-panel.tsx';
import { MarketPanel } from './market-panel.tsx';
import { ACTION_WORDS, REASON_WORDS } from './reasons.ts';
import { RecordsPanel } from './records-panel.tsx';
import { StatisticsPanel } from './statistics-panel.tsx';
import { useLogs } from './use-logs.ts';
import { useQuery } from './use-query.ts';

const NONE: readonly never[] = [];

/** What a replay came to, in the pieces that a live account is shown with, and never to be taken for one. */
export function ReplayDesk({ id }: { readonly id: string }) {
  const replay = useResource(
    (signal) => getJson<ReplayAnswer>(`/paper/replays/${encodeURIComponent(id)}`, { signal }),
    [id],
    { reloadOn: ['replay'], matters: ({ data }) => data.id === id },
  );
  return (
    <>
      <ViewHead title="Desk" detail="A replay of stored candles, not live paper trading." />
      <div class="replay-banner" role="note">
        <b>REPLAY</b>
        <span>Past candles, decided on by the package as it is now. None of this was traded live.</span>
        <a href="/compare/replays">All replays</a>
      </div>
      <Loaded of={replay} lines={12}>
        {(answer) => <ReplayParts replay={answer} />}
      </Loaded>
    </>
  );
}

function ReplayParts({ replay }: { readonly replay: ReplayAnswer }) {
  const book = useMemo(() => replayBook(replay.id), [replay.id]);
  const { query, change } = useQuery();
  const { decisions, trades } = useLogs(book);
  const own = replay.model_package_id;
  // The bar must not name another package than the one that is looked at.
  useEffect(() => {
    if (query.model !== own) change({ model: own });
  }, [query.model, own]);
  return (
    <div class="desk desk-of-replay">
      <Area name="decision">
        <About replay={replay} />
      </Area>
      <Area name="statistics">
        {replay.result !== null && <StatisticsPanel of={replay.result.performance} />}
      </Area>
      <Area name="equity">
        <EquityPanel book={book} until={Date.parse(replay.to)} />
      </Area>
      <Area name="market">
        <MarketPanel
          symbol={replay.symbol}
          modelId={replay.model_id}
          until={replay.to}
          livePrice={undefined}
          forecast={undefined}
          pastAsOf={query.candle}
          onClosePast={() => change({ candle: undefined })}
          trades={trades.list.data.value?.items ?? NONE}
          lots={NONE}
          onOlderTrades={trades.more}
        />
      </Area>
      <Area name="records">
        <RecordsPanel
          {...{ book, decisions, trades }}
          quality={replay.result?.forecast_quality ?? null}
          fileName={`trades-replay-${replay.id}`}
        />
      </Area>
    </div>
  );
}

const STATE_TONES = {
  QUEUED: 'plain',
  RUNNING: 'info',
  DONE: 'good',
  CANCELLED: 'warn',
  FAILED: 'bad',
} as const;
const PHASES = { LOADING: 'Loading candles', DECIDING: 'Deciding', EVALUATING: 'Evaluating' } as const;

function About({ replay }: { readonly replay: ReplayAnswer }) {
  const { state, progress, error, result } = replay;
  return (
    <Panel title={replay.label ?? 'Replay'} beside={<Badge tone={STATE_TONES[state]}>{state}</Badge>}>
      {error !== null && (
        <Note tone="bad">
          {error.detail} <code>{error.code}</code>
        </Note>
      )}
      {(state === 'RUNNING' || state === 'QUEUED') && (
        <Progress
          label={progress.phase === null ? 'Waiting' : PHASES[progress.phase]}
          value={progress.done}
          max={progress.total}
          detail={`${count(progress.done)} of ${count(progress.total)} candles`}
        />
      )}
      <div class="statistics">
        <dl>
          {factsOf(replay).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="foreign">{value}</dd>
            </div>
          ))}
        </dl>
        {result !== null && <Reasons of={result.reasons} />}
      </div>
    </Panel>
  );
}

function factsOf(replay: ReplayAnswer): readonly (readonly [string, ComponentChildren])[] {
  return [
    ['Package', replay.model_package_id],
    ['Symbol', replay.symbol],
    ['From, UTC', <Time key="from" at={replay.from} />],
    ['To, UTC', <Time key="to" at={replay.to} />],
    ['Market', replay.market_source],
    ['Initial balance', `${usdt(replay.initial_balance)} USDT`],
    [
      'Decided on',
      replay.decided_candles === null ? 'every candle' : `${count(replay.decided_candles)} given candles`,
    ],
    ['Opposite signal', replay.settings.opposite === 'flip' ? 'flips' : 'does nothing'],
    ['Lots at most', count(replay.settings.max_positions)],
    ['Without all 3m candles', `${count(replay.quarters_incomplete)} of ${count(replay.progress.done)}`],
    ['Forecasts computed', count(replay.forecasts.computed)],
    ['Forecasts known before', count(replay.forecasts.known)],
  ];
}

function Reasons({ of }: { readonly of: Readonly<Record<string, number>> }) {
  const words: Readonly<Record<string, string>> = { ...REASON_WORDS, ...ACTION_WORDS };
  const rows = Object.entries(of).sort(([, a], [, b]) => b - a);
  return (
    <table class="by-exit">
      <thead>
        <tr>
          <th scope="col">Candles by outcome</th>
          <th scope="col" class="number">
            Candles
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([reason, candles]) => (
          <tr key={reason}>
            <th scope="row">{words[reason] ?? reason}</th>
            <td class="number">{count(candles)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
