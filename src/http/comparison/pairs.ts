import { PaperdeskError } from '../../errors.ts';
import type { Replay } from '../../replays/replay-job.ts';
import type { Replays } from '../../replays/replays.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { type ComparedPair, type NamedRecord, namedRecord } from '../../statistics/compare-records.ts';
import type { ComparedAccount } from '../../statistics/compared-accounts.ts';
import { weeksToTellPair } from '../../statistics/weeks-to-tell-pair.ts';
import type { PairsAnswer } from './schema.ts';

export function answerOfPair({
  a,
  b,
  comparison,
  adjustedP,
  grade,
  sentence,
}: ComparedPair): PairsAnswer['pairs'][number] {
  const { days, activeDays, withheld, difference } = comparison;
  return {
    ...{ a, b, days, active_days: activeDays, withheld, verdict: grade, sentence },
    weeks_to_tell: weeksToTellPair(comparison),
    difference:
      difference === null || adjustedP === null
        ? null
        : {
            mean: difference.mean,
            interval: [...difference.interval],
            share_ahead: difference.shareAhead,
            p: difference.p,
            adjusted_p: adjustedP,
          },
  };
}

/** @throws PaperdeskError MODEL_NOT_FOUND */
export function recordsOfAccounts(
  accounts: readonly ComparedAccount[],
  ids: readonly string[],
): NamedRecord[] {
  return ids.map((id) => {
    const found = accounts.find(({ overview }) => overview.account.id === id);
    if (found !== undefined) return namedRecord(id, found.performance);
    throw new PaperdeskError(
      'MODEL_NOT_FOUND',
      `There is no account "${id}"; GET /paper/compare lists them.`,
    );
  });
}

/**
 * The results of finished replays of one symbol and range.
 * @throws PaperdeskError REPLAY_NOT_FOUND, REPLAY_STATE where one is not done, REPLAY_RANGE where ranges differ
 */
export async function recordsOfReplays(
  replays: Pick<Replays, 'get'>,
  ids: readonly string[],
): Promise<NamedRecord[]> {
  const found = await Promise.all(ids.map((id) => replays.get(id)));
  const first = found[0];
  return found.map((replay) => {
    const { id, results, state } = replay;
    if (results === null)
      throw new PaperdeskError(
        'REPLAY_STATE',
        `${id} is ${state}; only replays that are DONE can be compared.`,
      );
    if (first !== undefined && marketOf(replay) !== marketOf(first)) {
      throw new PaperdeskError(
        'REPLAY_RANGE',
        `${id} is of ${marketOf(replay)} and ${first.id} of ${marketOf(first)}; only replays of one symbol and range can be compared.`,
      );
    }
    return namedRecord(id, results.performance);
  });
}

function marketOf({ symbol, from, to }: Replay): string {
  return `${symbol} from ${isoTime(from)} to ${isoTime(to)}`;
}
