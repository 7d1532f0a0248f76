import type { ResourceOptions } from './resource.ts';
import { withSegments } from './urls.ts';

/** Where the records of an account come from: live or of a replay. The lists are alike, but never mixed. */
export interface RecordSource {
  /** Paths of the lists. */
  readonly equity: string;
  readonly trades: string;
  /** Lots from flat to flat. */
  readonly positions: string;
  /** Closed lots as lines. */
  readonly marks: string;
  readonly ledger: string;
  readonly decisions: string;
  /** Decisions without their evidence. */
  readonly directions: string;
  readonly forecasts: string;
  /** Path of where the result came from. */
  readonly attribution: string;
  /** When a list has to be loaded again. */
  readonly reloadOptions: (...kinds: ('decision' | 'position' | 'equity')[]) => ResourceOptions;
}

/**
 * The records of a live account, or of a replay.
 * @param accountId for example `paper_ppo_v1`
 * @param replayId undefined for the live account
 */
export function recordsOf(accountId: string, replayId: string | undefined): RecordSource {
  return replayId === undefined ? liveRecords(accountId) : replayRecords(replayId);
}

function liveRecords(accountId: string): RecordSource {
  return recordSource(
    // `/paper/positions` is an older route, of lots.
    (list) =>
      list === 'positions'
        ? withSegments('/paper/account', accountId, list)
        : withSegments('/paper', list, accountId),
    // A reset may hide records, and is an event of the account only.
    (...kinds) => ({
      reloadOn: [...kinds, 'account'],
      isRelevant: ({ data }) => data.model_id === accountId,
    }),
  );
}

function replayRecords(id: string): RecordSource {
  return recordSource(
    (list) => withSegments('/paper/replays', id, list),
    () => ({ reloadOn: ['replay'], isRelevant: ({ data }) => data.id === id }),
  );
}

function recordSource(
  pathOf: (list: string) => string,
  reloadOptions: RecordSource['reloadOptions'],
): RecordSource {
  return {
    equity: pathOf('equity'),
    trades: pathOf('trades'),
    positions: pathOf('positions'),
    marks: pathOf('marks'),
    ledger: pathOf('ledger'),
    decisions: pathOf('decisions'),
    directions: pathOf('directions'),
    forecasts: pathOf('forecasts'),
    attribution: pathOf('attribution'),
    reloadOptions,
  };
}
