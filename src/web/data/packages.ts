import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import { getJson } from './api.ts';
import { createResource } from './resource.ts';

/** All packages, newest first; started by the page itself, since its selector shows them everywhere. */
export const packages = createResource(
  (signal) => getJson<ModelPackageAnswer[]>('/model-packages', { signal }),
  { reloadOn: ['package'] },
);
