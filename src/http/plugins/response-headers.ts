import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import fp from 'fastify-plugin';

export interface ResponseHeadersOptions {
  readonly marketSource: string;
  /** Name of the node that answers; undefined where there is only one. */
  readonly node: string | undefined;
}

/** Security headers, compression, and the headers of every response (http.md#3). */
export const responseHeaders = fp<ResponseHeadersOptions>(
  async (app, { marketSource, node }) => {
    await app.register(helmet, {
      // The service speaks plain HTTP; a TLS proxy in front of it sets HSTS.
      hsts: false,
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    });
    await app.register(compress, {
      threshold: 1024,
      encodings: ['br', 'gzip'],
      // The default, 11, takes more time than the smaller response saves.
      brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    });
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      reply.header('x-market-source', marketSource);
      if (node !== undefined) reply.header('x-paperdesk-node', node);
    });
  },
  { name: 'response-headers' },
);
