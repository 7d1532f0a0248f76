import type { SystemAnswer } from '../../http/system/schema.ts';
import { type Resource, type ResourceOptions, useJson } from './resource.ts';

/** The state of the service: limits, readiness, memory, accounts and their loops. */
export function useSystem(options?: ResourceOptions): Resource<SystemAnswer> {
  return useJson<SystemAnswer>('/api/system', options);
}
