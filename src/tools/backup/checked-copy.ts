import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface SizeAndHash {
  readonly size: number;
  readonly sha256: string;
}

/** Copies a file to a place where none is, down to the disk, and answers its size in bytes and its SHA-256 in hex. */
export async function copyFileHashed(from: string, to: string): Promise<SizeAndHash> {
  await mkdir(dirname(to), { recursive: true });
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx');
    try {
      const hash = createHash('sha256');
      let size = 0;
      for await (const chunk of source.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        size += chunk.length;
        await target.writeFile(chunk);
      }
      await target.sync();
      return { size, sha256: hash.digest('hex') };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Size in bytes and SHA-256 in hex of a file. */
export async function hashOfFile(path: string): Promise<SizeAndHash> {
  const source = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of source.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { size, sha256: hash.digest('hex') };
  } finally {
    await source.close();
  }
}
