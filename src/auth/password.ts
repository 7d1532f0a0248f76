import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** factor-models.md#27: N 2^17, r 8, p 1, which takes 128 MiB and some tenths of a second. */
const COST: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 2 ** 20 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;

export interface PasswordHash {
  /** Base64, both. */
  readonly salt: string;
  readonly hash: string;
}

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** One hash at a time, so that many log-ins at once cannot take all memory. */
let lastHash: Promise<unknown> = Promise.resolve();

function hashOneAtATime(password: string, salt: Buffer): Promise<Buffer> {
  const hash = lastHash.then(() => derive(password.normalize('NFKC'), salt, HASH_BYTES, COST));
  lastHash = hash.catch(() => {});
  return hash;
}

/** Hashes a password with a salt of its own. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await hashOneAtATime(password, salt);
  return { salt: salt.toString('base64'), hash: hash.toString('base64') };
}

/**
 * Whether this is the password that was hashed; takes as long either way. HMAC, on which scrypt rests, fills keys up
 * with NULs and so cannot tell those that end in some: none with a NUL is right.
 */
export async function isPassword(password: string, stored: PasswordHash): Promise<boolean> {
  const hash = await hashOneAtATime(password, Buffer.from(stored.salt, 'base64'));
  const expected = Buffer.from(stored.hash, 'base64');
  const isSame = hash.length === expected.length && timingSafeEqual(hash, expected);
  return isSame && !password.includes('\0');
}
