import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import { getJson } from './api.ts';
import { createResource } from './resource.ts';

/**
 * All packages, newest first. The page itself starts it, because the package selector is part of every view. An upload
 * and its warm-up publish several events, and people upload many packages at once.
 */
export const packages = createResource(
  (signal) => getJson<ModelPackageAnswer[]>('/model-packages', { signal }),
  { reloadOn: ['package'], minIntervalMs: 2000 },
);

/** The name of a package; its id until the packages are loaded, or where there is none by that id. */
export function packageName(id: string): string {
  return packages.data.value?.find((one) => one.id === id)?.name ?? id;
}
