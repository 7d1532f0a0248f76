import Fastify from 'fastify';
import fp from 'fastify-plugin';
import { expect, test } from 'vitest';
import { publicPath, withoutPublicPath } from '../../../src/http/plugins/public-path.ts';

async function appWith(publicUrls: readonly string[]) {
  const app = Fastify({ rewriteUrl: withoutPublicPath(publicUrls) });
  await app.register(fp(async () => {}, { name: 'host-and-origin' }));
  await app.register(publicPath, { publicUrls });
  app.get('/', () => 'the page');
  app.get('/paper/:id', ({ url, params }, reply) => reply.header('location', '/made').send({ url, params }));
  return app;
}

const URLS = ['https://desk.example/desk/', 'https://desk.example/desk/two', 'http://192.0.2.7:6300'];

test.each([
  ['/desk/paper/1?x=/desk/', '/paper/1?x=/desk/', '/desk/made'],
  ['/desk/two/paper/1', '/paper/1', '/desk/two/made'],
  ['/paper/1', '/paper/1', '/made'],
  ['/desk/paper/%2F', '/paper/%2F', '/desk/made'],
])('%s is %s to the routes, and Location %s', async (asked, url, location) => {
  const answer = await (await appWith(URLS)).inject({ url: asked, headers: { host: '192.0.2.7' } });
  expect(answer.json()).toMatchObject({ url });
  expect(answer.headers.location).toBe(location);
});

test('where a proxy took the path off, Location has that of the host', async () => {
  const app = await appWith(['https://desk.example/desk/']);
  const locationFor = async (host: string) =>
    (await app.inject({ url: '/paper/1', headers: { host } })).headers.location;
  expect(await locationFor('desk.example:8443')).toBe('/desk/made');
  expect(await locationFor('127.0.0.1:6300')).toBe('/made');
});

test.each(['/deskx/paper/1', '/desk%2Fpaper/1', '/DESK/paper/1', '/two/paper/1'])(
  '%s is not below the path',
  async (url) => {
    expect((await (await appWith(URLS)).inject(url)).statusCode).toBe(404);
  },
);

test('the path alone leads to the page, and nowhere else', async () => {
  const app = await appWith(URLS);
  for (const [asked, location] of [
    ['/desk', '/desk/'],
    ['/desk/two?model=a', '/desk/two/?model=a'],
  ] as const) {
    const { statusCode, headers } = await app.inject(asked);
    expect([statusCode, headers.location]).toEqual([308, location]);
  }
  expect((await app.inject('/desk/')).body).toBe('the page');
  expect((await app.inject('/desk//evil.example')).statusCode).toBe(404);
});

test('a path that begins as a route does is refused at the start', async () => {
  const app = await appWith(['https://desk.example/paper/desk']);
  await expect(app.ready()).rejects.toThrow(
    'PUBLIC_URL has the path /paper/desk, but addresses of the service itself begin with /paper.',
  );
});
