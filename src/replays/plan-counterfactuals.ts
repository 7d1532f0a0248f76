import { PaperdeskError } from '../errors.ts';
import { RANDOM_ACCOUNTS } from '../statistics/random-entries.ts';
import type { Counterfactual, Replay, ReplayOrder } from './replay-job.ts';

/** All counterfactuals of a replay (statistics.md#70). */
function counterfactualsOf({ id: of }: Pick<Replay, 'id'>): Counterfactual[] {
  const random = Array.from({ length: RANDOM_ACCOUNTS }, (_, k) => ({
    of,
    kind: 'random_entries' as const,
    k,
  }));
  return [{ of, kind: 'no_stops', k: null }, { of, kind: 'sign_of_median', k: null }, ...random];
}

/**
 * The orders of counterfactuals that are not there yet: with the range, the balance and the rules of the original.
 * @param known those that are there
 * @throws REPLAY_STATE if the original has no results, or is a counterfactual itself
 */
export function planCounterfactuals(
  original: Replay,
  known: readonly Replay[],
  newId: () => string,
): ReplayOrder[] {
  const { id, state, results, counterfactual, settings } = original;
  if (state !== 'DONE' || results === null) {
    throw new PaperdeskError(
      'REPLAY_STATE',
      `${id} is ${state}${state === 'DONE' ? ' without results' : ''}; only a replay that is DONE with results has counterfactuals.`,
    );
  }
  if (counterfactual !== null)
    throw new PaperdeskError('REPLAY_STATE', `${id} is a counterfactual of ${counterfactual.of} itself.`);
  const isKnown = ({ kind, k }: Counterfactual) =>
    known.some((one) => one.counterfactual?.kind === kind && one.counterfactual.k === k);
  return counterfactualsOf(original)
    .filter((one) => !isKnown(one))
    .map((one) => ({
      ...orderOf(original),
      id: `replay_${newId()}`,
      settings: one.kind === 'no_stops' ? { ...settings, ignoresStops: true } : settings,
      counterfactual: one,
    }));
}

function orderOf(replay: Replay): Omit<ReplayOrder, 'id' | 'settings' | 'counterfactual'> {
  const { packageId, packageVersion, symbol, marketSource, from, to, pipeline, initialBalance } = replay;
  return { packageId, packageVersion, symbol, marketSource, label: null, from, to, pipeline, initialBalance };
}
