import cors from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { PaperdeskError } from '../../errors.ts';
import { shortened } from '../../runtime/shortened.ts';
import { createTrustedHosts, hostsNamedBy, isForeign } from './trusted-hosts.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set for GET routes with side effects: pages of other origins may not send them, either. */
    foreignPages?: 'refused';
  }
}

export interface HostAndOriginOptions {
  readonly listenHost: string;
  readonly publicUrls: readonly string[];
  readonly corsOrigin: string | undefined;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_QUOTED_LENGTH = 100;

/**
 * Stops pages of other origins from using the service through a user's browser: refuses requests for other hosts, and
 * requests with side effects from foreign pages. Must be registered before plugins that read bodies or require
 * tokens. `X-Forwarded-*` and `Forwarded` are ignored.
 */
export const hostAndOrigin = fp<HostAndOriginOptions>(
  async (app, { listenHost, publicUrls, corsOrigin }) => {
    const isTrustedHost = createTrustedHosts({ listenHost, publicUrls });
    const urls = corsOrigin === undefined ? publicUrls : [...publicUrls, corsOrigin];
    const trustedOrigins = new Set(urls.map((url) => new URL(url).origin));

    function refusalOf({ raw, headers, method, routeOptions }: FastifyRequest): PaperdeskError | undefined {
      const hosts = hostsNamedBy(raw);
      if (hosts.length > 1 || !hosts.every(isTrustedHost)) return misdirected(hosts);
      if (SAFE_METHODS.has(method) && routeOptions.config.foreignPages !== 'refused') return undefined;
      const page = { origin: headers.origin, fetchSite: headers['sec-fetch-site']?.toString() };
      return isForeign(page, hosts[0], trustedOrigins) ? foreign(page.origin, page.fetchSite) : undefined;
    }

    app.addHook('onRequest', (request, _reply, done) => done(refusalOf(request)));
    if (corsOrigin !== undefined) {
      await app.register(cors, {
        origin: corsOrigin,
        methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
        exposedHeaders: ['etag', 'location', 'retry-after', 'x-market-source', 'x-paperdesk-node'],
      });
    }
  },
  { name: 'host-and-origin', dependencies: ['problem-details', 'response-headers'] },
);

function misdirected(hosts: readonly string[]): PaperdeskError {
  return new PaperdeskError(
    'MISDIRECTED_REQUEST',
    `The host of the request, ${hosts.map(quoted).join(' and ')}, is not a host of this service: it answers for ` +
      'localhost, for the address that it listens on and for the hosts of PUBLIC_URL. If users reach the service by ' +
      'this host, add it to PUBLIC_URL (for example PUBLIC_URL=https://desk.example) and restart the service.',
  );
}

function foreign(origin: string | undefined, fetchSite = ''): PaperdeskError {
  const page =
    origin === undefined
      ? `A page of another origin (Sec-Fetch-Site: ${quoted(fetchSite)})`
      : `A page of the origin ${quoted(origin)}`;
  return new PaperdeskError(
    'FOREIGN_ORIGIN',
    `${page} may not do this; nothing was changed. If users reach the service at this origin, add it to PUBLIC_URL; ` +
      'if this is a page of yours that uses the service, set CORS_ORIGIN to its origin.',
  );
}

/** Text of a client, made safe to show. */
function quoted(text: string): string {
  return `"${shortened(text.replace(/[^\x20-\x7e]|"/g, '?'), MAX_QUOTED_LENGTH)}"`;
}
