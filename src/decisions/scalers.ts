import { withFileReader } from '../formats/byte-reader.ts';
import type { StandardScaler } from '../formats/model-files.ts';
import { readScaler } from '../formats/sklearn/sklearn.ts';
import type { ModelPackage } from '../packages/model-package.ts';

/** The scaler of each package: its own, or the service's where it brought none. */
export interface Scalers {
  of(model: ModelPackage): Promise<StandardScaler>;
}

/** @param defaultPath the service's own `scaler.json` */
export function createScalers(defaultPath: string): Scalers {
  const read = new Map<string, Promise<StandardScaler>>();

  return {
    of(model) {
      const path = model.scalerPath ?? defaultPath;
      const key = `${path} ${model.version}`;
      let scaler = read.get(key);
      if (scaler === undefined) {
        scaler = withFileReader(path, readScaler);
        read.set(key, scaler);
        // A file that could not be read is tried again by whoever asks next.
        scaler.catch(() => read.delete(key));
      }
      return scaler;
    },
  };
}
