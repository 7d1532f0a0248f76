/** Quantities of a proof that are compared, in the order in which a decision computes them (pipelines.md#20). */
export const PROOF_QUANTITIES = [
  'features',
  'scaled_last_row',
  'quantiles',
  'forecast_features',
  'observation',
  'normalised_observation',
  'action',
] as const;
export type ProofQuantity = (typeof PROOF_QUANTITIES)[number];

/** How far a package agreed with the proof that came with it. */
export interface ProofResult {
  readonly cases: number;
  /** The largest difference of each quantity that the proof has, over all cases. */
  readonly largest_differences: Readonly<Partial<Record<ProofQuantity, number>>>;
}
