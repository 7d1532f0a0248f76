import fp from 'fastify-plugin';
import { PaperdeskError } from '../../errors.ts';
import { tooDeepAt } from '../../runtime/json-depth.ts';

/** No route needs more than a few. */
const MAX_DEPTH = 32;

/**
 * What a body may be: JSON that is not nested too deeply, or multipart; by default Fastify accepts text, too. Other types, and
 * encoded multipart, are refused before any of the body is read.
 */
export const requestBodies = fp(
  async (app) => {
    app.removeContentTypeParser('text/plain');
    const parse = app.getDefaultJsonParser('error', 'error');
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
      // Parsing a megabyte of brackets would take most of a second.
      const at = tooDeepAt(body, MAX_DEPTH);
      if (at === -1) return void parse(request, body, done);
      const detail = `The body is nested deeper than ${MAX_DEPTH} arrays and objects at character ${at + 1}.`;
      done(new PaperdeskError('VALIDATION', detail));
    });

    app.addHook('onRequest', async ({ headers }) => {
      const encoding = headers['content-encoding']?.toString().trim().toLowerCase() ?? 'identity';
      if (encoding === 'identity' || !/^\s*multipart\//i.test(headers['content-type'] ?? '')) return;
      // The parser reads the bytes of the connection, and would wait for a boundary that never comes.
      throw new PaperdeskError(
        'UNSUPPORTED_MEDIA_TYPE',
        'A multipart body with a Content-Encoding is not accepted; send it without.',
      );
    });
  },
  { name: 'request-bodies', dependencies: ['problem-details'] },
);
