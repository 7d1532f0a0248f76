import { withFileReader } from '../formats/byte-reader.ts';
import type { FeatureScaler } from '../formats/model-files.ts';
import { readScaler } from '../formats/sklearn/read-scaler.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PackageFiles } from '../packages/stored-file.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';

/** The scaler of each package: its own, or the service's where it has none (features.md#40). */
export interface Scalers {
  /** @throws what getting, opening and reading the file throws */
  of(model: ModelPackage): Promise<FeatureScaler>;
}

const MAX_SCALERS = 1000;

/** @param defaultPath the service's own `scaler.json` */
export function createScalers(files: Pick<PackageFiles, 'withPaths'>, defaultPath: string): Scalers {
  const cache = createRevisionCache<FeatureScaler>({ maxEntries: MAX_SCALERS });
  return {
    of({ id, version, scaler }) {
      const read = (path = defaultPath) => withFileReader(path, readScaler);
      return cache.get(
        id,
        () => `${version} ${scaler?.location}`,
        () => (scaler === undefined ? read() : files.withPaths([scaler], ([path]) => read(path))),
      );
    },
  };
}
