import type { SymbolDetailAnswer } from '../../../http/factor-models/symbols/schema.ts';

/** Looks up the importance of an input in the training info, by its factor's name or as XGBoost's `f0`, `f1`, … */
export function importanceLookup({
  info_summary,
}: Pick<SymbolDetailAnswer, 'info_summary'>): (factor: string, dim: number) => number | null {
  const stored = 'feature_importance' in info_summary ? info_summary.feature_importance : null;
  const values = new Map<string, unknown>(
    typeof stored === 'object' && stored !== null ? Object.entries(stored) : [],
  );
  return (factor, dim) => {
    const value = values.get(factor) ?? values.get(`f${dim}`);
    return typeof value === 'number' ? value : null;
  };
}
