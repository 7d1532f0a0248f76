import type { PackageDiffAnswer } from '../../../http/packages/diff-schema.ts';
import { counted, percent, signedPercent } from '../../format/numbers.ts';
import { sentenceWithNames } from '../compare/sentence-with-names.ts';

interface DiffResultsProps {
  readonly results: PackageDiffAnswer['results'];
  /** Names of the packages. */
  readonly a: string;
  readonly b: string;
}

/** What came of two packages, and whether their difference is real. */
export function DiffResults({ results, a, b }: DiffResultsProps) {
  const { pair } = results;
  const nameOf = (modelId: string) => (modelId === results.a?.model_id ? a : b);
  return (
    <ul class="diff-results">
      <li class="user-text">{resultText(a, results.a)}</li>
      <li class="user-text">{resultText(b, results.b)}</li>
      {pair !== null && <li class="strong user-text">{sentenceWithNames(pair, nameOf)}</li>}
    </ul>
  );
}

function resultText(name: string, result: PackageDiffAnswer['results']['a']): string {
  if (result === null) return `${name}: its account has made no decision yet.`;
  const { total_return_pct, max_drawdown_pct, counts } = result.performance;
  return `${name}: ${signedPercent(total_return_pct)} with ${counted(counts.lots, 'lot')}, deepest drawdown ${percent(max_drawdown_pct)}.`;
}
