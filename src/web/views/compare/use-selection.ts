import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { withQuery } from '../../data/urls.ts';
import type { ComparedAccount } from './compared-account.ts';
import { chosenOf } from './selection.ts';

export interface Selection {
  readonly chosen: readonly ComparedAccount[];
  choose(keys: readonly string[]): void;
}

/**
 * The accounts that are compared. They are written to the address as soon as they are known, so that nothing that begins
 * or finishes later takes their place.
 */
export function useSelection(candidates: readonly ComparedAccount[]): Selection {
  const { path, query, route } = useLocation();
  // Other views name packages, not accounts or replays.
  const { packages, ...others } = query;
  const chosen = chosenOf(candidates, query.of ?? packages);
  const keys = chosen.map(({ key }) => key);
  const choose = (changed: readonly string[]) =>
    route(withQuery(path, { ...others, of: changed.join(',') }), true);
  const isNew = keys.length > 0 && keys.join(',') !== query.of;
  useEffect(() => {
    if (isNew) choose(keys);
  }, [isNew, keys.join(',')]);
  return { chosen, choose };
}
