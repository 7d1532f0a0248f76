import type { SystemAnswer } from '../../http/system/schema.ts';
import { getJson } from './api.ts';

/** What the service says of itself: limits, parts, memory, loops. @throws ApiError */
export function loadSystem(signal: AbortSignal): Promise<SystemAnswer> {
  return getJson<SystemAnswer>('/api/system', { signal });
}
