import { useMemo } from 'preact/hooks';
import type { ComparisonAnswer } from '../../../http/accounts/schema.ts';
import { packages } from '../../data/packages.ts';
import { type Candidate, candidateOf } from './candidate.ts';

/** What an answer compares, with the names of the packages. */
export function useCandidates(answer: ComparisonAnswer | undefined): readonly Candidate[] {
  const all = packages.data.value;
  return useMemo(() => {
    const names = new Map(all?.map(({ id, name }) => [id, name]));
    return (answer?.items ?? []).map((item) => candidateOf(item, (id) => names.get(id)));
  }, [answer, all]);
}
