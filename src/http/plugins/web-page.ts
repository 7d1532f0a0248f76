import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { PaperdeskError } from '../../errors.ts';
import { securityHeaders } from './response-headers.ts';

export interface WebPageOptions {
  /** Build output of the page. */
  readonly folder: string;
}

/** URLs of the page's views; all get index.html, and the browser renders the view. */
const VIEW_URLS = [
  ...['/', '/packages', '/compare', '/factor-models', '/system', '/access'],
  ...['/packages/*', '/compare/*', '/factor-models/*'],
];

const ASSETS = 'assets';
const ASSET_NAME = /^[\w-][\w.-]*$/;

/** The page loads everything from the service itself, without inline scripts or styles. */
const PAGE_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'"],
    'connect-src': ["'self'"],
    'form-action': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
};

/** Serves the build of src/web; its files need no token (factor-models.md#31). */
export const webPage = fp<WebPageOptions>(
  async (app, { folder }) => {
    const index = join(folder, 'index.html');
    await app.register(fastifyStatic, {
      root: folder,
      serve: false,
      index: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: setCacheControl,
    });
    const pageHeaders = securityHeaders({
      contentSecurityPolicy: PAGE_SECURITY_POLICY,
      xFrameOptions: { action: 'deny' },
    });
    const route = {
      config: { access: 'open', securityHeaders: pageHeaders },
      schema: { hide: true },
    } as const;

    for (const url of VIEW_URLS) {
      app.get(url, route, sendIndex);
    }
    // Browsers ask for the second one at addresses that are not pages, such as an answer of the API.
    for (const url of ['/favicon.svg', '/favicon.ico']) {
      app.get(url, route, (_request, reply) => send(reply, 'favicon.svg'));
    }
    app.get<{ Params: { file: string } }>(`/${ASSETS}/:file`, route, ({ params: { file } }, reply) => {
      const path = join(ASSETS, file);
      if (ASSET_NAME.test(file) && existsSync(join(folder, path))) return send(reply, path);
      // A page that was loaded before an upgrade may request a file of the old version.
      throw new PaperdeskError('NOT_FOUND', `The page has no file ${file}; reload the page.`);
    });

    async function sendIndex({ url, headers }: FastifyRequest, reply: FastifyReply) {
      requireBuild();
      const html = indexAt(url, await readFile(index, 'utf8'));
      const etag = `"${createHash('sha256').update(html).digest('base64url')}"`;
      reply.header('cache-control', 'no-cache').header('etag', etag);
      // A proxy that compresses it makes the tag a weak one.
      if (headers['if-none-match']?.replace(/^W\//, '') === etag) return reply.code(304).send();
      return reply.type('text/html; charset=utf-8').send(html);
    }

    function send(reply: FastifyReply, file: string) {
      requireBuild();
      return reply.sendFile(file);
    }

    function requireBuild(): void {
      if (existsSync(index)) return;
      throw new PaperdeskError(
        'PAGE_NOT_BUILT',
        'The page is not built: run npm run build, or npm run dev:web during development. The API works without it; see /docs.',
      );
    }
  },
  { name: 'web-page', dependencies: ['access-control', 'response-headers'] },
);

/**
 * index.html as the answer at an address. Its own addresses are relative, because only the browser knows below which path
 * a proxy serves the page; `./` is right for views such as /packages, and /packages/alpha needs `../`.
 */
function indexAt(url: string, html: string): string {
  const depth = (url.split('?')[0] as string).split('/').length - 2;
  return depth <= 0 ? html : html.replace(/ (src|href)="\.\//g, ` $1="${'../'.repeat(depth)}`);
}

/** Names of assets contain a hash of their content, so they may be cached forever; other files are revalidated. */
function setCacheControl(reply: FastifyReply, path: string): void {
  const hashed = path.includes(`${sep}${ASSETS}${sep}`);
  reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}
