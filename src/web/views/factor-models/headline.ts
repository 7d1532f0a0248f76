import { count, counted } from '../../format/numbers.ts';
import type { FactorModel } from './use-factor-models.ts';

/** What is registered and whether anything is wrong with it, in a sentence. */
export function factorModelsHeadline(models: readonly FactorModel[]): string {
  if (models.length === 0) return 'No directory of factor models is registered yet.';
  const symbols = models.reduce((sum, one) => sum + one.symbol_count, 0);
  const warned = models.filter(({ warnings }) => warnings.length > 0).length;
  const state = warned === 0 ? 'no warnings' : `${count(warned)} with warnings`;
  return `${counted(models.length, 'factor model')} for ${counted(symbols, 'symbol')}, ${state}.`;
}
