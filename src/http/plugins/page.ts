import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import fp from 'fastify-plugin';
import { PaperdeskError } from '../../errors.ts';

export interface PageOptions {
  /** Where the build of the page lies. */
  readonly folder: string;
}

/** Addresses that the page shows something at; the browser decides what, the service always sends index.html. */
const VIEWS = ['/', '/packages', '/compare', '/factor-models', '/system', '/access'];
const VIEWS_WITH_PARTS = ['/packages/*', '/compare/*', '/factor-models/*'];

const ASSETS = 'assets';
const ASSET_NAME = /^[\w-][\w.-]*$/;

/** Everything the page needs comes from the service itself; nothing runs or styles inline. */
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

/** Serves the page that `npm run build` makes of src/web; its files are open to everybody (factor-models.md#31). */
export const page = fp<PageOptions>(
  async (app, { folder }) => {
    await app.register(fastifyStatic, {
      root: folder,
      serve: false,
      index: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: cacheByName,
    });
    const route = {
      config: { access: 'open' },
      schema: { hide: true },
      helmet: { contentSecurityPolicy: PAGE_SECURITY_POLICY, frameguard: { action: 'deny' } },
    } as const;

    for (const url of [...VIEWS, ...VIEWS_WITH_PARTS]) {
      app.get(url, route, (_request, reply) => send(reply, 'index.html'));
    }
    app.get('/favicon.svg', route, (_request, reply) => send(reply, 'favicon.svg'));
    app.get<{ Params: { file: string } }>(`/${ASSETS}/:file`, route, ({ params: { file } }, reply) => {
      const path = join(ASSETS, file);
      if (ASSET_NAME.test(file) && existsSync(join(folder, path))) return send(reply, path);
      // Asked for by pages that were loaded before an upgrade.
      throw new PaperdeskError('NOT_FOUND', `The page has no file ${file}; load the page anew.`);
    });

    function send(reply: FastifyReply, file: string) {
      if (existsSync(join(folder, 'index.html'))) return reply.sendFile(file);
      throw new PaperdeskError(
        'PAGE_NOT_BUILT',
        'The page has not been built: run npm run build, or npm run dev:web while working on it. Everything else works; /docs lists the routes.',
      );
    }
  },
  { name: 'page', dependencies: ['access-control', 'response-headers'] },
);

/** Names of assets carry a hash of what is in them, so that a browser may keep them; the rest is asked for again. */
function cacheByName(reply: FastifyReply, path: string): void {
  const hashed = path.includes(`${sep}${ASSETS}${sep}`);
  reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}
