import cors from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { PaperdeskError } from '../../errors.ts';
import { createTrustedHosts, hostsNamedBy, isForeign } from '../trusted-hosts.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a GET that does more than read: pages of other origins may not send it either. */
    foreignPages?: 'refused';
  }
}

export interface HostAndOriginOptions {
  readonly listenHost: string;
  readonly publicUrls: readonly string[];
  readonly corsOrigin: string | undefined;
}

const READING_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const MOST_SHOWN = 100;

/**
 * Keeps web pages of others from using the service through the browser of somebody who can: refuses requests for other
 * hosts than its own, and requests of foreign pages that change something. Registered before whatever reads a body or
 * asks for a token. `X-Forwarded-*` and `Forwarded` are not read.
 */
export const hostAndOrigin = fp<HostAndOriginOptions>(
  async (app, { listenHost, publicUrls, corsOrigin }) => {
    const isTrustedHost = createTrustedHosts({ listenHost, publicUrls });
    const urls = corsOrigin === undefined ? publicUrls : [...publicUrls, corsOrigin];
    const trustedOrigins = new Set(urls.map((url) => new URL(url).origin));

    function refusalOf({ raw, headers, method, routeOptions }: FastifyRequest): PaperdeskError | undefined {
      const hosts = hostsNamedBy(raw);
      if (hosts.length > 1 || !hosts.every(isTrustedHost)) return misdirected(hosts);
      if (READING_METHODS.has(method) && routeOptions.config.foreignPages !== 'refused') return undefined;
      const page = { origin: headers.origin, fetchSite: headers['sec-fetch-site']?.toString() };
      return isForeign(page, hosts[0], trustedOrigins) ? foreign(page.origin, page.fetchSite) : undefined;
    }

    app.addHook('onRequest', (request, _reply, done) => done(refusalOf(request)));
    if (corsOrigin !== undefined) {
      await app.register(cors, {
        origin: corsOrigin,
        methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
        exposedHeaders: ['etag', 'location', 'retry-after', 'x-market-source'],
      });
    }
  },
  { name: 'host-and-origin', dependencies: ['problem-details', 'response-headers'] },
);

function misdirected(hosts: readonly string[]): PaperdeskError {
  return new PaperdeskError(
    'MISDIRECTED_REQUEST',
    `The request is for the host ${hosts.map(quoted).join(' and ')}, which is not one of this service: it answers for ` +
      'localhost, for the address that it listens on and for the hosts of PUBLIC_URL. If people reach it by that host, ' +
      'add its address to PUBLIC_URL (for example PUBLIC_URL=https://desk.example) and start it again.',
  );
}

function foreign(origin: string | undefined, fetchSite = ''): PaperdeskError {
  const page =
    origin === undefined
      ? `A page of another origin (Sec-Fetch-Site: ${quoted(fetchSite)})`
      : `A page of the origin ${quoted(origin)}`;
  return new PaperdeskError(
    'FOREIGN_ORIGIN',
    `${page} may not do this; nothing was changed. If that is the address at which people use this service, add it to ` +
      'PUBLIC_URL; if it is a page of yours that shall use this service, set CORS_ORIGIN to its origin.',
  );
}

/** Somebody else's text, to be shown. */
function quoted(text: string): string {
  const shown = text.replace(/[^\x20-\x7e]|"/g, '?');
  return shown.length > MOST_SHOWN ? `"${shown.slice(0, MOST_SHOWN)}..."` : `"${shown}"`;
}
