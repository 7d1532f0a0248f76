import type { ReplayAnswer } from '../../../http/replays/schema.ts';
import { pipelineOf } from '../../data/pipeline.ts';
import type { RecordSource } from '../../data/record-source.ts';
import type { Run } from './run.ts';
import type { DeskAnswers } from './use-desk-answers.ts';

interface LiveAccount {
  readonly accountId: string;
  readonly packageId: string | undefined;
  readonly records: RecordSource;
}

/** The run of a live account; undefined until the account is loaded. */
export function liveRun(
  { accountId, packageId, records }: LiveAccount,
  answers: DeskAnswers,
): Run | undefined {
  const account = answers.dashboard.data.value?.account;
  if (account === undefined) return undefined;
  const performance = answers.performance.data.value ?? undefined;
  return {
    modelId: accountId,
    packageId,
    symbol: account.symbol,
    pipeline: pipelineOf(account),
    records,
    replay: undefined,
    until: undefined,
    performance,
    quality: performance?.forecast_quality,
  };
}

/** The run of a replay, also while it is not done. */
export function replayRun(replay: ReplayAnswer, records: RecordSource): Run {
  return {
    modelId: replay.model_id,
    packageId: replay.model_package_id,
    symbol: replay.symbol,
    pipeline: pipelineOf(replay),
    records,
    replay,
    until: Date.parse(replay.to),
    performance: replay.result?.performance,
    quality: replay.result?.forecast_quality,
  };
}
