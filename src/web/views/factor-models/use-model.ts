import type { FactorModelListAnswer } from '../../../http/factor-models/schema.ts';
import { getJson } from '../../data/api.ts';
import { type Resource, useResource } from '../../data/resource.ts';
import { modelRoute } from './addresses.ts';

export type FactorModel = FactorModelListAnswer['items'][number];

/** All registered models, up to date with every scan. */
export function useModels(): Resource<FactorModelListAnswer> {
  return useResource((signal) => getJson<FactorModelListAnswer>('/api/models', { signal }), [], {
    reloadOn: ['factor-model'],
  });
}

/** What the service says of a part of one model, up to date with its scans. */
export function useModelPart<Answer>(name: string, ...parts: readonly string[]): Resource<Answer> {
  return useAddress(name, modelRoute(name, ...parts));
}

/** The same of a whole address. */
export function useAddress<Answer>(name: string, address: string): Resource<Answer> {
  return useResource((signal) => getJson<Answer>(address, { signal }), [address], {
    reloadOn: ['factor-model'],
    matters: ({ data }) => data.model_name === name,
  });
}
