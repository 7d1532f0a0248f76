import type { FactorModelListAnswer } from '../../../http/factor-models/schema.ts';
import { type Resource, useJson } from '../../data/resource.ts';
import { modelPath } from './model-path.ts';

export type FactorModel = FactorModelListAnswer['items'][number];

/** All factor models, up to date with every scan. */
export function useFactorModels(): Resource<FactorModelListAnswer> {
  return useJson<FactorModelListAnswer>('/api/models', { reloadOn: ['factor-model'] });
}

/** Something of one factor model, up to date with its scans. */
export function useModelJson<Answer>(name: string, ...segments: readonly string[]): Resource<Answer> {
  return useModelPath(name, modelPath(name, ...segments));
}

/** The same by its whole path. */
export function useModelPath<Answer>(name: string, path: string): Resource<Answer> {
  return useJson<Answer>(path, {
    reloadOn: ['factor-model'],
    isRelevant: ({ data }) => data.model_name === name,
  });
}
