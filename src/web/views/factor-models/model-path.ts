import { withSegments } from '../../data/urls.ts';

/** Path of the API for a factor model, or for something of it. */
export function modelPath(name: string, ...segments: readonly string[]): string {
  return withSegments('/api/models', name, ...segments);
}
