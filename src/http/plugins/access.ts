import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Access, TokenHolder } from '../../auth/access.ts';
import { PaperdeskError } from '../../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `open` to all clients, or only with a `token`. By default a token is required if a password is set. */
    access?: 'open' | 'token';
  }
  interface FastifyInstance {
    readonly accessTable: readonly RouteAccess[];
    /** Checks the token of a request again; undefined where none is needed. @throws TOKEN_MISSING, TOKEN_INVALID */
    requireAccess(request: FastifyRequest): Promise<TokenHolder | undefined>;
  }
}

export interface RouteAccess {
  readonly method: string;
  readonly url: string;
  readonly access: 'open' | 'token' | 'with a password';
}

/** Requires a bearer token (factor-models.md#31). Must be registered before all routes. */
export const accessControl = fp<{ access: Access }>(
  async (app, { access }) => {
    const table: RouteAccess[] = [];
    app.decorate('accessTable', table);
    app.addHook('onRoute', ({ method, url, config }) => {
      for (const one of [method].flat()) {
        table.push({ method: one, url, access: config?.access ?? 'with a password' });
      }
    });

    app.decorate('requireAccess', async (request) => {
      const rule = request.routeOptions.config.access;
      if (rule === 'open' || (rule === undefined && !(await access.isPasswordSet()))) return undefined;
      return access.identify(bearerToken(request));
    });

    app.addHook('onRequest', async (request, reply) => {
      if (request.is404) return;
      try {
        await app.requireAccess(request);
      } catch (error) {
        reply.header('www-authenticate', 'Bearer');
        throw error;
      }
    });
  },
  { name: 'access-control', dependencies: ['problem-details'] },
);

/** @throws TOKEN_MISSING */
export function bearerToken({ headers }: Pick<FastifyRequest, 'headers'>): string {
  const match = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '');
  if (match !== null) return match[1]!;
  throw new PaperdeskError('TOKEN_MISSING', 'missing bearer token');
}
