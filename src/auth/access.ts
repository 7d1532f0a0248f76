import { createHash, randomBytes } from 'node:crypto';
import { PaperdeskError } from '../errors.ts';
import type { AccessRepository, TokenRow } from './access-repository.ts';
import { createAttempts } from './attempts.ts';
import { networkOf } from './client-network.ts';
import type { FailureRepository } from './failure-repository.ts';
import { createPasswordHasher, requireLongEnough, type ScryptCost } from './password.ts';

/** One password, no users (factor-models.md#27). */
export interface Access {
  isPasswordSet(): Promise<boolean>;
  /** @throws PASSWORD_ALREADY_SET, PASSWORD_TOO_SHORT */
  initializePassword(password: string): Promise<void>;
  /** Sets or replaces the password, and ends all sessions. @throws PASSWORD_TOO_SHORT */
  resetPassword(password: string): Promise<void>;
  /**
   * @param address of the client
   * @throws PASSWORD_NOT_SET, PASSWORD_MISMATCH, RATE_LIMITED
   */
  login(password: string, address: string): Promise<Session>;
  /** @throws TOKEN_INVALID when the token is unknown or has expired */
  identify(token: string): Promise<TokenHolder>;
  /** Ends the session of a token; does nothing for a service token. */
  logout(token: string): Promise<void>;
  /** Returns the number of sessions that it ended. */
  endAllSessions(): Promise<number>;
  /** Ends all sessions and revokes all service tokens; returns how many. */
  endAllAccess(): Promise<{ readonly sessions: number; readonly tokens: number }>;
  /**
   * The only time that the token itself is shown.
   * @param expiresAt ms since the epoch; null: valid until it is revoked
   */
  createServiceToken(
    name: string,
    expiresAt?: number | null,
  ): Promise<ServiceToken & { readonly token: string }>;
  /** Newest first. Expired ones are among them until the next log-in removes them. */
  serviceTokens(): Promise<ServiceToken[]>;
  /** @throws TOKEN_NOT_FOUND */
  revokeServiceToken(id: string): Promise<void>;
}

export interface Session {
  readonly token: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

export interface TokenHolder {
  readonly kind: 'session' | 'service';
  readonly name: string | null;
  /** null: valid until it is revoked. */
  readonly expiresAt: number | null;
}

export interface ServiceToken {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** Accurate to a minute. */
  readonly lastUsedAt: number | null;
  /** null: valid until it is revoked. */
  readonly expiresAt: number | null;
}

export interface AccessOptions {
  readonly repository: AccessRepository;
  readonly failures: FailureRepository;
  readonly sessionMs: number;
  /** For tests; the default is that of factor-models.md#27. */
  readonly passwordCost?: ScryptCost;
  readonly now: () => number;
}

const TOKEN_BYTES = 32;
const TOKEN_LENGTH = Math.ceil((TOKEN_BYTES * 4) / 3);
/** Recording every use would write to the disk with every request. */
const MIN_USE_INTERVAL_MS = 60_000;

export function createAccess({ repository, failures, sessionMs, passwordCost, now }: AccessOptions): Access {
  const passwords = createPasswordHasher(passwordCost);
  const attempts = createAttempts(failures, now);

  function newToken(kind: TokenHolder['kind'], name: string | null, expiresAt: number | null) {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const row: TokenRow = {
      hash: hashOf(token),
      id: randomBytes(8).toString('hex'),
      kind,
      name,
      created_at: now(),
      expires_at: expiresAt,
      last_used_at: null,
    };
    return { token, row };
  }

  return {
    async isPasswordSet() {
      return (await repository.password()) !== undefined;
    },

    async initializePassword(password) {
      const refuse = () => new PaperdeskError('PASSWORD_ALREADY_SET', 'password already initialized');
      if ((await repository.password()) !== undefined) throw refuse();
      requireLongEnough(password);
      if (!(await repository.addPassword(await passwords.hash(password), now()))) throw refuse();
    },

    async resetPassword(password) {
      requireLongEnough(password);
      await repository.replacePassword(await passwords.hash(password), now());
    },

    async login(password, address) {
      const stored = await repository.password();
      if (stored === undefined) throw new PaperdeskError('PASSWORD_NOT_SET', 'password is not initialized');
      const network = networkOf(address);
      const queueOf = (isKnown: boolean) => (isKnown ? 'known' : 'strangers');
      const isKnown = await attempts.begin(network, (known) => passwords.requireRoom(queueOf(known)));
      const refuse = () => new PaperdeskError('PASSWORD_MISMATCH', 'password mismatch');
      if (!(await passwords.matches(password, stored, queueOf(isKnown)))) throw refuse();
      await attempts.succeeded(network);
      await repository.removeExpired(now());
      // Answers have whole seconds.
      const expiresAt = Math.floor((now() + sessionMs) / 1000) * 1000;
      const { token, row } = newToken('session', null, expiresAt);
      // A reset in the meantime must leave no session.
      if (!(await repository.addSession(row, stored))) throw refuse();
      return { token, expiresAt };
    },

    async identify(token) {
      const hash = hashOf(token);
      const row = token.length === TOKEN_LENGTH ? await repository.findToken(hash) : undefined;
      if (row === undefined || (row.expires_at !== null && row.expires_at <= now())) {
        throw new PaperdeskError('TOKEN_INVALID', 'invalid or expired token');
      }
      if (row.kind === 'service' && now() - (row.last_used_at ?? 0) > MIN_USE_INTERVAL_MS) {
        await repository.touchToken(hash, now());
      }
      return { kind: row.kind, name: row.name, expiresAt: row.expires_at };
    },

    async logout(token) {
      await repository.removeToken({ sessionHash: hashOf(token) });
    },

    endAllSessions: () => repository.removeTokens('session'),

    async endAllAccess() {
      return {
        sessions: await repository.removeTokens('session'),
        tokens: await repository.removeTokens('service'),
      };
    },

    async createServiceToken(name, expiresAt = null) {
      const { token, row } = newToken('service', name, expiresAt);
      await repository.addToken(row);
      return { id: row.id, name, token, createdAt: row.created_at, lastUsedAt: null, expiresAt };
    },

    async serviceTokens() {
      return (await repository.serviceTokens()).map((row) => ({
        id: row.id,
        name: row.name ?? '',
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
        expiresAt: row.expires_at,
      }));
    },

    async revokeServiceToken(id) {
      if ((await repository.removeToken({ serviceId: id })) > 0) return;
      throw new PaperdeskError(
        'TOKEN_NOT_FOUND',
        `There is no service token "${id}"; GET /api/auth/tokens lists them.`,
      );
    },
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
