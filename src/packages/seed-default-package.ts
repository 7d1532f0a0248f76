import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryReader } from '../formats/byte-reader.ts';
import { NOT_WARMED_UP } from './add-package.ts';
import { DEFAULT_PACKAGE_ID } from './package-id.ts';
import type { PackageRepository } from './package-repository.ts';
import { type PackageFile, shippedLocation } from './stored-file.ts';
import { validatePair } from './validate-pair.ts';

/** Names of the default pair's files in the project's `models/`. */
const FILE_NAMES = {
  forecast: 'forecast_model.pt',
  policy: 'ppo_policy_final.zip',
  scaler: 'scaler.json',
  manifest: 'manifest.json',
} as const;
type Role = keyof typeof FILE_NAMES;

const PATHS = {
  forecast_rel_path: shippedLocation(FILE_NAMES.forecast),
  ppo_rel_path: shippedLocation(FILE_NAMES.policy),
  scaler_rel_path: shippedLocation(FILE_NAMES.scaler),
};

export interface SeedDefaultPackageDependencies {
  readonly repository: PackageRepository;
  readonly modelsFolder: string;
  readonly now: () => number;
}

/**
 * Inserts the default package on the first start, and renews its row when the shipped files changed (packages.md#5).
 * @throws what reading or validating the files throws; the row is then as it was
 */
export async function seedDefaultPackage(dependencies: SeedDefaultPackageDependencies): Promise<void> {
  const { repository, modelsFolder, now } = dependencies;
  const pathOf = (role: Role) => join(modelsFolder, FILE_NAMES[role]);
  const content: Readonly<Record<Role, Buffer>> = {
    forecast: await readFile(pathOf('forecast')),
    policy: await readFile(pathOf('policy')),
    scaler: await readFile(pathOf('scaler')),
    manifest: await readFile(pathOf('manifest')),
  };
  const files = JSON.stringify(Object.entries(content).map(([role, bytes]) => fileOf(role as Role, bytes)));
  const known = await repository.find(DEFAULT_PACKAGE_ID);
  if (known !== undefined && JSON.stringify(known.files) === files) {
    // Earlier versions stored the path from the data to the program, which may be elsewhere now.
    if (known.forecast.location !== PATHS.forecast_rel_path)
      await repository.update(DEFAULT_PACKAGE_ID, PATHS);
    return;
  }

  const { manifest, warnings } = await validatePair({
    forecast: memoryReader(content.forecast),
    policy: memoryReader(content.policy),
    scaler: memoryReader(content.scaler),
    manifest: memoryReader(content.manifest),
    vecNormalize: undefined,
  });
  const renewed = {
    ...NOT_WARMED_UP,
    ...PATHS,
    manifest: JSON.stringify(manifest),
    warnings: JSON.stringify(warnings),
    files,
    compact_trial: null,
  };
  if (known !== undefined) {
    const status = known.status === 'ARCHIVED' ? 'ARCHIVED' : 'UPLOADED';
    await repository.update(DEFAULT_PACKAGE_ID, { ...renewed, status });
    return;
  }
  // Another node may have inserted it meanwhile.
  await repository.insertMissing({
    id: DEFAULT_PACKAGE_ID,
    name: DEFAULT_PACKAGE_ID,
    created_at: now(),
    notes: 'The example pair that comes with paperdesk; see models/MODEL_CARD.md.',
    ...renewed,
  });
}

function fileOf(role: Role, bytes: Buffer): PackageFile {
  return {
    name: FILE_NAMES[role],
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
