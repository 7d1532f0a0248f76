import type { FastifyRequest } from 'fastify';
import type { Access } from '../../auth/access.ts';
import { networkOf } from '../../auth/client-network.ts';
import { PaperdeskError } from '../../errors.ts';
import { bearerToken } from '../plugins/access.ts';

/** What a client may have open at the same time, so that one client cannot use up what all share. */
export interface ClientLimit {
  /** All that is open, of all clients. */
  readonly count: number;
  /**
   * Counts one more of a client.
   * @returns a function that takes it back
   * @throws RATE_LIMITED when the client has as many as it may have
   */
  enter(client: string): () => void;
}

export interface ClientLimitOptions {
  readonly most: number;
  /** Says what the limit is and what to do. */
  readonly sentence: string;
  readonly retryAfterSeconds: number;
}

export function createClientLimit({ most, sentence, retryAfterSeconds }: ClientLimitOptions): ClientLimit {
  const open = new Map<object, string>();
  return {
    get count() {
      return open.size;
    },
    enter(client) {
      if ([...open.values()].filter((one) => one === client).length >= most)
        throw new PaperdeskError('RATE_LIMITED', sentence, { retryAfterSeconds });
      const entry = {};
      open.set(entry, client);
      return () => void open.delete(entry);
    },
  };
}

/** Who a request is of: a token or, without a password, an address: tokens are not checked then. @throws TOKEN_MISSING */
export async function clientOf(
  request: FastifyRequest,
  access: Pick<Access, 'isPasswordSet'>,
): Promise<string> {
  return (await access.isPasswordSet()) ? bearerToken(request) : networkOf(request.ip);
}
