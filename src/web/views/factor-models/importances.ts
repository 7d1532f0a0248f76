import type { SymbolDetailAnswer } from '../../../http/factor-models/schema.ts';

/** How much each input counted in training; keys are the names of factors, or XGBoost's own `f0`, `f1`, … */
export function importances({
  info_summary,
}: Pick<SymbolDetailAnswer, 'info_summary'>): (factor: string, dim: number) => number | null {
  const told = 'feature_importance' in info_summary ? info_summary.feature_importance : null;
  const values = new Map<string, unknown>(
    typeof told === 'object' && told !== null ? Object.entries(told) : [],
  );
  return (factor, dim) => {
    const value = values.get(factor) ?? values.get(`f${dim}`);
    return typeof value === 'number' ? value : null;
  };
}
