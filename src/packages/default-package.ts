import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryReader } from '../formats/byte-reader.ts';
import { relativePath } from './model-package.ts';
import type { PackageFile } from './package-files.ts';
import { DEFAULT_PACKAGE_ID } from './package-id.ts';
import type { PackageRepository } from './package-repository.ts';
import { validatePair } from './pair-validation.ts';

/** Names of the default pair's files in `models/`, which the project ships. */
const FILES = {
  forecast: 'forecast_model.pt',
  policy: 'ppo_policy_final.zip',
  scaler: 'scaler.json',
  manifest: 'manifest.json',
} as const;

/**
 * Puts the default package into the table on the first start, and renews its row when the shipped files have changed.
 * @throws what reading or validating the files throws; the table is then as it was
 */
export async function seedDefaultPackage(parts: {
  repository: PackageRepository;
  modelsFolder: string;
  now: () => number;
}): Promise<void> {
  const { repository, modelsFolder, now } = parts;
  const path = (part: keyof typeof FILES) => join(modelsFolder, FILES[part]);
  const content = {
    forecast: await readFile(path('forecast')),
    policy: await readFile(path('policy')),
    scaler: await readFile(path('scaler')),
    manifest: await readFile(path('manifest')),
  };
  const files = JSON.stringify(
    Object.entries(content).map(
      ([part, bytes]): PackageFile => ({
        name: FILES[part as keyof typeof FILES],
        size: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      }),
    ),
  );
  const row = await repository.find(DEFAULT_PACKAGE_ID);
  if (row?.files === files) return;

  const manifest = await validatePair({
    forecast: memoryReader(content.forecast),
    policy: memoryReader(content.policy),
    scaler: memoryReader(content.scaler),
    manifest: memoryReader(content.manifest),
  });
  const renewed = {
    manifest: JSON.stringify(manifest),
    files,
    warmup_status: 'PENDING' as const,
    warmup_completed_at: null,
    warmup_error: null,
    compact_trial: null,
  };
  if (row !== undefined) {
    await repository.update(DEFAULT_PACKAGE_ID, {
      ...renewed,
      ...(row.status === 'READY' ? { status: 'UPLOADED' as const } : {}),
    });
    return;
  }
  await repository.insert(async () => ({
    id: DEFAULT_PACKAGE_ID,
    name: DEFAULT_PACKAGE_ID,
    forecast_rel_path: relativePath(path('forecast')),
    ppo_rel_path: relativePath(path('policy')),
    scaler_rel_path: relativePath(path('scaler')),
    status: 'UPLOADED',
    created_at: now(),
    warmup_required: 1,
    notes: 'The example pair that comes with paperdesk; see models/MODEL_CARD.md.',
    ...renewed,
  }));
}
