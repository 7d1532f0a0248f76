import { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { Decisions } from './decide.ts';

/** The account of a rehearsal: 10,000 USDT and no lots. */
const EMPTY_ACCOUNT = { equity: 10_000, lots: [] };

/**
 * One full decision on real candles, as a package's warm-up needs it.
 * @throws MODEL_LOAD_FAILED when a number of it is not finite, and what deciding throws
 */
export async function rehearse(decisions: Decisions, model: ModelPackage): Promise<void> {
  const decision = await decisions.decide(model, model.manifest.symbol, EMPTY_ACCOUNT);
  if (decision.invalid?.reason === 'INVALID_FEATURES') {
    throw new PaperdeskError(
      'MODEL_LOAD_FAILED',
      `A first decision on real candles failed. ${decision.invalid.detail}`,
    );
  }
}
