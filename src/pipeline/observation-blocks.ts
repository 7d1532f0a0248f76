import { ACCOUNT_VALUE_COUNT, FORECAST_FEATURE_COUNT } from '../dimensions.ts';

/** Blocks of an observation in their order; a pipeline has some of them (pipelines.md#12). */
export const OBSERVATION_BLOCKS = ['core', 'forecast', 'account'] as const;
export type ObservationBlock = (typeof OBSERVATION_BLOCKS)[number];

/** Sizes of the blocks of an observation. */
export function blockSizes(featureCount: number): Readonly<Record<ObservationBlock, number>> {
  return { core: featureCount, forecast: FORECAST_FEATURE_COUNT, account: ACCOUNT_VALUE_COUNT };
}
