import { PIPELINE_DEFAULTS } from '../dimensions.ts';
import { FEATURE_SETS } from './features/feature-sets.ts';
import { OBSERVATION_BLOCKS } from './observation-blocks.ts';
import { type Pipeline, pipelineFrom } from './pipeline.ts';
import { defaultIntrabarTimeframe } from './timeframes.ts';

const { decisionTimeframe, featureSet, ...defaults } = PIPELINE_DEFAULTS;
const intrabarTimeframe = defaultIntrabarTimeframe(decisionTimeframe);

/** The pipeline of a package that declares nothing, and of what no package decides for (pipelines.md#1). */
export const DEFAULT_PIPELINE: Pipeline = pipelineFrom({
  ...defaults,
  decisionTimeframe,
  intrabarTimeframe,
  featureNames: FEATURE_SETS[featureSet],
  forecastFeatures: 'steps',
  observation: OBSERVATION_BLOCKS,
});
