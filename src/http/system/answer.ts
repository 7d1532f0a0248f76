import type { OwnedAccount } from '../../accounts/accounts.ts';
import { isLoop, silenceLimitMs } from '../../alerts/poll-run.ts';
import type { WatchedPolls } from '../../alerts/poll-watch.ts';
import type { InferenceStatus } from '../../models/engine.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import { answerOfTrading } from '../shared/trading.ts';
import type { SystemAnswer } from './schema.ts';

type AccountItem = SystemAnswer['accounts'][number];

export function answerOfEngine(status: InferenceStatus): SystemAnswer['inference'] {
  return {
    ...snakeKeys(status),
    pid: status.pid ?? null,
    models: status.models.toReversed().map((model) => ({
      ...snakeKeys(model),
      private_bytes: Math.round(model.privateBytes),
      mapped_bytes: Math.round(model.mappedBytes),
    })),
  };
}

export function answerOfPolledAccount(
  { stored: { account, symbol, packageId }, model }: OwnedAccount,
  polls: WatchedPolls | undefined,
): AccountItem {
  return {
    model_id: account.id,
    model_package_id: packageId,
    symbol,
    status: account.status,
    open_positions_count: account.lots.length,
    last_poll_at: polls === undefined ? null : isoTime(polls.run.lastPollAt),
    poll_interval_seconds:
      polls === undefined || polls.run.polls < 2 ? null : Math.round(polls.run.intervalMs / 1000),
    loop: loopState(model, polls),
    auto_trading: model === null ? null : answerOfTrading(model),
  };
}

/** What polls the account of a package; null for one without. */
export function loopState(
  model: OwnedAccount['model'],
  polls: WatchedPolls | undefined,
): AccountItem['loop'] {
  if (model?.autoTrade === true) return 'service';
  if (polls === undefined) return 'none';
  const { run, silentMs } = polls;
  if (!isLoop(run)) return silentMs > silenceLimitMs(run) ? 'none' : 'starting';
  return silentMs > silenceLimitMs(run) ? 'silent' : 'polling';
}
