import { withFileReader } from '../formats/byte-reader.ts';
import type { VecNormalizeStatistics } from '../formats/model-files.ts';
import { readVecNormalize } from '../formats/sb3/read-vec-normalize.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PackageFiles } from '../packages/stored-file.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';

/** How the observations of each package are normalized; undefined for a package without a VecNormalize. */
export interface Normalizations {
  /** @throws what getting, opening and reading the file throws */
  of(
    model: Pick<ModelPackage, 'id' | 'version' | 'vecNormalize'>,
  ): Promise<VecNormalizeStatistics | undefined>;
}

const MAX_ENTRIES = 1000;

export function createNormalizations(files: Pick<PackageFiles, 'withPaths'>): Normalizations {
  const cache = createRevisionCache<VecNormalizeStatistics>({ maxEntries: MAX_ENTRIES });
  return {
    async of({ id, version, vecNormalize: file }) {
      if (file === undefined) return undefined;
      return cache.get(
        id,
        () => `${version} ${file.location}`,
        () => files.withPaths([file], ([path = '']) => withFileReader(path, readVecNormalize)),
      );
    },
  };
}
