import { useMemo } from 'preact/hooks';
import type { ComparisonAnswer } from '../../../http/comparison/schema.ts';
import { packages } from '../../data/packages.ts';
import { type ResourceOptions, useJson } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import { type ComparedAccount, comparedAccounts } from './compared-account.ts';

/** The live accounts or the replays of a comparison. */
export function useComparedAccounts(kind: 'live' | 'replay', options: ResourceOptions) {
  const comparison = useJson<ComparisonAnswer>(withQuery('/paper/compare', { kind }), options);
  const answer = comparison.data.value;
  const all = packages.data.value;
  const accounts = useMemo<readonly ComparedAccount[]>(
    () => comparedAccounts(answer?.items ?? []),
    // Names of packages are part of the accounts.
    [answer, all],
  );
  return { comparison, accounts };
}
