import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Size in bytes, SHA-256 in hex. */
export interface SizeAndHash {
  readonly size: number;
  readonly sha256: string;
}

/** Reads a file and hashes it. @param onChunk receives the content in pieces */
export async function hashFile(
  path: string,
  onChunk: (chunk: Buffer) => Promise<void> = async () => {},
): Promise<SizeAndHash> {
  const source = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of source.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      await onChunk(chunk);
    }
    return { size, sha256: hash.digest('hex') };
  } finally {
    await source.close();
  }
}

/** Copies a file to a path that does not exist yet, and syncs the copy to the disk. */
export async function copyFileHashed(from: string, to: string): Promise<SizeAndHash> {
  await mkdir(dirname(to), { recursive: true });
  const target = await open(to, 'wx');
  try {
    const copied = await hashFile(from, (chunk) => target.writeFile(chunk));
    await target.sync();
    return copied;
  } finally {
    await target.close();
  }
}
