import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { PaperdeskError } from '../errors.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';

/** The cost of one scrypt hash. */
export type ScryptCost = Readonly<Record<'N' | 'r' | 'p', number>>;

/** In characters of the NFKC form. */
const MIN_LENGTH = 8;

/** @throws PASSWORD_TOO_SHORT */
export function requireLongEnough(password: string): void {
  const length = [...password.normalize('NFKC')].length;
  if (length >= MIN_LENGTH) return;
  throw new PaperdeskError(
    'PASSWORD_TOO_SHORT',
    `The password has ${length} characters; it needs at least ${MIN_LENGTH}. A few words are easy to remember.`,
  );
}

/** factor-models.md#27. A hash takes 128 MiB and a few tenths of a second. */
const DEFAULT_COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };
const MAX_MEMORY_BYTES = 256 * 2 ** 20;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** Both in base64. */
export interface PasswordHash {
  readonly salt: string;
  readonly hash: string;
}

/** Those who logged in before wait for each other only, not for strangers. */
export type Queue = 'known' | 'strangers';

export interface PasswordHasher {
  /** Hashes a password with a new salt. */
  hash(password: string): Promise<PasswordHash>;
  /** Whether the hash is that of the password; takes the same time either way. */
  matches(password: string, stored: PasswordHash, queue: Queue): Promise<boolean>;
  /** @throws RATE_LIMITED when too many wait */
  requireRoom(queue: Queue): void;
}

/** A hash takes a few tenths of a second: these are some seconds. */
const MAX_WAITING = 30;
const RETRY_AFTER_SECONDS = 5;

const deriveKey = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/**
 * @param cost for every hash; stored hashes do not contain it, so it must not change
 * @param derive the work of one hash; another one in tests
 */
export function createPasswordHasher(
  cost: ScryptCost = DEFAULT_COST,
  derive: typeof deriveKey = deriveKey,
): PasswordHasher {
  /** One hash at a time in each queue: many log-ins at once must not use all memory. */
  const inOrder = createKeyedMutex();
  const waiting: Record<Queue, number> = { known: 0, strangers: 0 };

  async function deriveInOrder(password: string, salt: Buffer, queue: Queue): Promise<Buffer> {
    const options = { ...cost, maxmem: MAX_MEMORY_BYTES };
    waiting[queue] += 1;
    try {
      return await inOrder(queue, () => derive(password.normalize('NFKC'), salt, HASH_BYTES, options));
    } finally {
      waiting[queue] -= 1;
    }
  }

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = await deriveInOrder(password, salt, 'known');
      return { salt: salt.toString('base64'), hash: hash.toString('base64') };
    },

    async matches(password, stored, queue) {
      const hash = await deriveInOrder(password, Buffer.from(stored.salt, 'base64'), queue);
      const expected = Buffer.from(stored.hash, 'base64');
      const isSame = hash.length === expected.length && timingSafeEqual(hash, expected);
      // scrypt's HMAC pads keys with NULs: without this check, NULs at the end of a password would be ignored.
      return isSame && !password.includes('\0');
    },

    requireRoom(queue) {
      if (waiting[queue] < MAX_WAITING) return;
      throw new PaperdeskError(
        'RATE_LIMITED',
        `${waiting[queue]} log-ins wait to be checked, which is the limit; try again in ${RETRY_AFTER_SECONDS} seconds.`,
        { retryAfterSeconds: RETRY_AFTER_SECONDS },
      );
    },
  };
}
