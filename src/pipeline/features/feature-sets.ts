/** The 28 features of `core28`, in the order the models were trained with (features.md#1 to features.md#28). */
const CORE_28 = [
  'ret_1',
  'ret_4',
  'ret_16',
  'ret_48',
  'hl_range_pct',
  'oc_range_pct',
  'vol_16',
  'vol_96',
  'vol_672',
  'atr_14',
  'ema_20_dist',
  'ema_50_dist',
  'ema_200_dist',
  'ema_20_slope',
  'ema_50_slope',
  'adx_14',
  'rsi_14',
  'macd',
  'macd_signal',
  'macd_hist',
  'vol_log',
  'vol_z_96',
  'hour_sin',
  'hour_cos',
  'dow_sin',
  'dow_cos',
  'funding_rate_now',
  'time_to_next_funding_steps',
] as const;

/** Lists of features that have a name (pipelines.md#6). Every other list is `custom`. */
export const FEATURE_SETS = {
  core28: CORE_28,
  train30: [...CORE_28, 'hour_utc', 'dow_utc'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type NamedFeatureSet = keyof typeof FEATURE_SETS;
export type FeatureSet = NamedFeatureSet | 'custom';

/** The name of a list of features. */
export function featureSetOf(names: readonly string[]): FeatureSet {
  for (const set of Object.keys(FEATURE_SETS) as NamedFeatureSet[]) {
    if (FEATURE_SETS[set].join() === names.join()) return set;
  }
  return 'custom';
}
