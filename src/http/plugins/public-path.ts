import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { StartError } from '../../services/start-error.ts';

export interface PublicPathOptions {
  readonly publicUrls: readonly string[];
}

const PERMANENT_REDIRECT = 308;

/** The path of an address without a slash at the end: of `https://desk.example/paperdesk/` it is `/paperdesk`. */
function pathOf(url: string): string {
  return new URL(url).pathname.replace(/\/$/, '');
}

/** The first of the paths that an address is at or below. */
function pathAbove(paths: readonly string[], url: string): string | undefined {
  return paths.find((path) => url.startsWith(path) && ['', '/', '?'].includes(url.charAt(path.length)));
}

/** The paths of PUBLIC_URL, the longest first. */
function publicPaths(publicUrls: readonly string[]): string[] {
  return publicUrls
    .map(pathOf)
    .filter((path) => path !== '')
    .sort((a, b) => b.length - a.length);
}

/**
 * Returns Fastify's `rewriteUrl`, which takes the path of PUBLIC_URL off the target of a request. Proxies may have taken it
 * off before.
 */
export function withoutPublicPath(publicUrls: readonly string[]): (request: IncomingMessage) => string {
  const paths = publicPaths(publicUrls);
  return ({ url = '/' }) => {
    const path = pathAbove(paths, url);
    return path === undefined ? url : url.slice(path.length).replace(/^(?!\/)/, '/');
  };
}

/**
 * What is left to do below a path of PUBLIC_URL: `Location` headers get the path back, and the path without a slash at the
 * end leads to the page. The start fails if the path begins as a route does, because the two could not be told apart.
 */
export const publicPath = fp<PublicPathOptions>(
  async (app, { publicUrls }) => {
    const paths = publicPaths(publicUrls);
    if (paths.length === 0) return;
    const pathsOfHosts = new Map(publicUrls.map((url) => [new URL(url).hostname, pathOf(url)]));

    /** A proxy that takes the path off leaves only the host to know it by. */
    const pathOfRequest = ({ originalUrl, hostname }: FastifyRequest) =>
      pathAbove(paths, originalUrl) ?? pathsOfHosts.get(hostname) ?? '';

    app.addHook('onRequest', async ({ originalUrl, url }, reply) => {
      const isPathAlone = paths.some((path) => originalUrl.split('?')[0] === path);
      if (isPathAlone) await reply.redirect(url, PERMANENT_REDIRECT);
    });
    app.addHook('onSend', async (request, reply) => {
      const location = reply.getHeader('location');
      if (typeof location === 'string' && location.startsWith('/'))
        reply.header('location', `${pathOfRequest(request)}${location}`);
    });

    const taken = new Set<string>();
    app.addHook('onRoute', ({ url }) => void taken.add(firstSegment(url)));
    app.addHook('onReady', async () => {
      const path = paths.find((one) => taken.has(firstSegment(one)));
      if (path !== undefined) throw new StartError(ambiguity(path));
    });
  },
  { name: 'public-path', dependencies: ['host-and-origin'] },
);

function firstSegment(path: string): string {
  return path.split('/')[1] as string;
}

function ambiguity(path: string): string {
  return (
    `PUBLIC_URL has the path ${path}, but addresses of the service itself begin with /${firstSegment(path)}. ` +
    'Let the proxy serve it below another path, for example /paperdesk.'
  );
}
