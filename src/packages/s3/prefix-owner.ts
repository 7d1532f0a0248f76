import { PaperdeskError } from '../../errors.ts';
import type { ObjectStore } from './object-store.ts';

/** The object with the id of the store whose packages are below the prefix. */
const OWNER_OBJECT = 'paperdesk-store-id';
/** Longer contents are not of this program. */
const MAX_ID_BYTES = 200;

/**
 * Requires that no other store has its packages below this prefix, because each would delete the objects of the other as
 * orphans (packages.md#38). The first store that asks becomes the owner.
 * @throws PaperdeskError STORE_UNUSABLE, PACKAGE_STORE_UNAVAILABLE
 */
export async function requireOwnPrefix(objects: ObjectStore, storeId: string): Promise<void> {
  if ((await objects.size(OWNER_OBJECT)) === undefined)
    await objects.put(OWNER_OBJECT, bytesOf(storeId), Buffer.byteLength(storeId));
  // Read also after it was written: of two stores that write at the same time, one is the owner.
  if ((await readOwner(objects)) === storeId) return;
  throw new PaperdeskError(
    'STORE_UNUSABLE',
    'MODEL_PACKAGES_DIR holds the packages of another database, which would be deleted as orphans. Set it to a prefix ' +
      `that no other database uses. If that database is gone for good, delete the object ${OWNER_OBJECT} below the prefix.`,
  );
}

async function readOwner(objects: ObjectStore): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await objects.get(OWNER_OBJECT)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ID_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
