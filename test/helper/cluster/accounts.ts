import { DECISION_CANDLE_MS, decisionCandleStart } from '../default-candles.ts';
import { type PackageName, packageParts } from '../upload.ts';

/** An account of a package, or one whose signals come with the polls. */
export interface TestAccount {
  readonly modelId: string;
  /** The fixture that its package is; undefined without a package. */
  readonly fixture: PackageName | undefined;
}

const FIXTURES: readonly PackageName[] = ['gamma', 'delta', 'gamma', 'zeta', 'gamma', 'beta'];
/** Every tenth account brings its own signals: these certainly trade. */
const EXTERNAL_EVERY = 10;

/** Accounts to live with, most of them of packages. */
export function testAccounts(count: number): TestAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const fixture = index % EXTERNAL_EVERY === 0 ? undefined : FIXTURES[index % FIXTURES.length];
    return { modelId: `${fixture ?? 'hand'}_${index + 1}`, fixture };
  });
}

/** The account of manual orders, which no candle decides. */
export const MANUAL_ACCOUNT = 'by_hand';

/** Near enough that lots close by themselves within minutes. */
const NEAR = { profit_target_pct: 2, settings: { stop_loss_pct: 1.5 } };

/** Opens, adds, flips and holds, so that something happens in most candles; the same all through each of them. */
const SIGNALS = ['LONG', 'LONG', 'FLAT', 'LONG', 'SHORT', 'SHORT', 'FLAT', 'SHORT', 'LONG'] as const;

/** The body of the request that creates an account. */
export function creationOf({ modelId, fixture }: TestAccount): object {
  return { model_id: modelId, ...(fixture === undefined ? NEAR : {}) };
}

/** The body of a poll of an account at `time` (ms). */
export function pollOf({ modelId, fixture }: TestAccount, time: number): object {
  if (fixture !== undefined) return { model_id: modelId };
  const signal = SIGNALS[(decisionCandleStart(time) / DECISION_CANDLE_MS) % SIGNALS.length];
  return { model_id: modelId, signal, confidence: 80 };
}

/** The upload of a package whose id becomes `id`. */
export async function formOf(id: string, fixture: PackageName): Promise<FormData> {
  const form = new FormData();
  for (const [field, content] of await packageParts(fixture)) {
    if (field === 'name') form.append(field, id);
    else if (field === 'manifest') form.append(field, content as string);
    else form.append(field, new Blob([content as Uint8Array<ArrayBuffer>]), field);
  }
  return form;
}
