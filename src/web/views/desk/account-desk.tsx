import { useEffect, useMemo } from 'preact/hooks';
import { recordsOf } from '../../data/record-source.ts';
import { useQuery } from '../../data/use-query.ts';
import { DeskFrame } from './desk-frame.tsx';
import { RunDesk } from './run-desk.tsx';
import { liveRun, replayRun } from './runs.ts';
import { type DeskAnswers, useDeskAnswers } from './use-desk-answers.ts';

interface AccountDeskProps {
  /** For example `paper_ppo_v1`. */
  readonly accountId: string;
  readonly packageId: string | undefined;
  /** Of the package's manifest; that of the account replaces it. */
  readonly symbol: string;
}

/** The desk of an account: its live run, or a replay of its package. The address says which. */
export function AccountDesk({ accountId, packageId, symbol }: AccountDeskProps) {
  const { query, change } = useQuery();
  const answers = useDeskAnswers({
    accountId,
    packageId,
    symbol,
    replayId: query.replay,
    isLive: query.run === 'live',
  });
  const replay = answers.replay.data.value ?? undefined;
  const records = useMemo(() => recordsOf(accountId, query.replay), [accountId, query.replay]);
  const live = useMemo(() => recordsOf(accountId, undefined), [accountId]);
  useOpenedRun(answers);
  // The selected package in the top bar must be that of the replay.
  const replayed = replay?.model_package_id;
  useEffect(() => {
    if (replayed !== undefined && query.model !== replayed && packageId !== replayed)
      change({ model: replayed });
  }, [replayed, query.model]);
  const run =
    query.replay !== undefined
      ? replay && replayRun(replay, records)
      : query.run === 'live'
        ? liveRun({ accountId, packageId, records }, answers)
        : undefined;
  const source = query.replay === undefined ? answers.dashboard : answers.replay;
  if (run === undefined) return <DeskFrame error={source.error.value} onRetry={source.reload} />;
  return (
    <RunDesk
      key={query.replay ?? 'live'}
      run={run}
      dashboard={answers.dashboard}
      liveRecords={live}
      replays={answers.replays.data.value?.items ?? []}
      preferred={answers.preferred}
      onShow={(replayId) =>
        change({ ...NO_SELECTION, replay: replayId, run: replayId === undefined ? 'live' : undefined })
      }
    />
  );
}

/** What belongs to one run only. */
const NO_SELECTION = { candle: undefined, position: undefined, page: undefined };

/** Opens a run where the address names none. Once it is in the address, nothing switches it but the user. */
function useOpenedRun({ dashboard, replays, preferred }: DeskAnswers): void {
  const { query, change } = useQuery();
  const isOpen = query.replay !== undefined || query.run === 'live';
  const isKnown = dashboard.data.value !== undefined && replays.data.value !== undefined;
  useEffect(() => {
    if (!isOpen && isKnown) change(preferred === undefined ? { run: 'live' } : { replay: preferred.id });
  }, [isOpen, isKnown]);
}
