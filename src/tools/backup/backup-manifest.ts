import { z } from 'zod';

/** Names in the folder of a backup. */
export const MANIFEST_FILE = 'backup.json';
export const STORE_FILE = 'paperdesk.sqlite';
export const PACKAGES_FOLDER = 'packages';

const sizeAndHash = { size: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) };

const manifest = z.object({
  format: z.literal(1),
  created_at: z.iso.datetime(),
  store: z.object(sizeAndHash),
  files: z.array(
    z.object({
      package_id: z.string().regex(/^[a-z0-9_]{1,64}$/),
      name: z.string().regex(/^[a-z_]+\.(pt|zip|pkl|json)$/),
      ...sizeAndHash,
    }),
  ),
});

/** The files of a backup with their checksums. */
export type BackupManifest = z.infer<typeof manifest>;

/** A backup cannot be created or restored; the message says why. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** @throws BackupError when the text is not the manifest of a backup */
export function parseBackupManifest(text: string): BackupManifest {
  try {
    return manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new BackupError(`${MANIFEST_FILE} is not the manifest of a backup that this version can read.`, {
      cause,
    });
  }
}
