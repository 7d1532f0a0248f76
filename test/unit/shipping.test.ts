import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { SETTINGS } from '../../src/settings.ts';

const read = (name: string) => readFile(join(PROJECT_ROOT, name), 'utf8');
/** Settings that are not in the table: of libraries and of the place of data. */
const OTHERS = ['NODE_ENV', 'PAPERDESK_HOME', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
const isSetting = (name: string) => Object.hasOwn(SETTINGS.shape, name) || OTHERS.includes(name);

/** The instructions of the Dockerfile, as pairs of a word and the rest of its line. */
async function instructions(): Promise<[word: string, rest: string][]> {
  const lines = (await read('Dockerfile')).split('\n').filter((line) => /^[A-Z]+ /.test(line));
  return lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
}

describe('the Dockerfile', () => {
  test('copies what is there and what a build makes, and nothing that .dockerignore leaves out', async () => {
    const ignored = (await read('.dockerignore')).split('\n').filter((line) => line !== '');
    const copies = (await instructions())
      .filter(([word]) => word === 'COPY')
      .map(([, rest]) => rest.split(' '));
    const sources = copies
      .filter(([first]) => !first!.startsWith('--'))
      .flatMap((words) => words.slice(0, -1));
    expect(sources.filter((source) => !existsSync(join(PROJECT_ROOT, source)))).toEqual([]);
    expect(sources.filter((source) => ignored.includes(source))).toEqual([]);
    const built = copies.filter(([first]) => first!.startsWith('--')).map(([, source]) => source);
    expect(built).toEqual(['/build/node_modules', '/build/dist']);
  });

  test('runs the command of the package, not as root, with data outside of the program', async () => {
    const all = await instructions();
    const last = (word: string) => all.filter(([one]) => one === word).at(-1)?.[1];
    const { bin } = JSON.parse(await read('package.json')) as { bin: { paperdesk: string } };
    expect(JSON.parse(last('ENTRYPOINT')!)).toEqual(['node', bin.paperdesk]);
    expect(JSON.parse(last('CMD')!)).toEqual(['start']);
    const user = last('USER')!;
    expect(last('RUN')).toMatch(new RegExp(`^useradd --system .* ${user}$`));
    const env = Object.fromEntries(
      last('ENV')!
        .split(' ')
        .map((pair) => pair.split('=')),
    );
    expect(Object.keys(env).filter((name) => !isSetting(name))).toEqual([]);
    expect(env.PAPERDESK_HOME).toBe(last('VOLUME'));
    expect(last('EXPOSE')).toBe(String(readConfig({}, []).port));
  });

  test('its health check tells a service that answers from one that does not', async () => {
    const check = (await instructions()).find(([word]) => word === 'HEALTHCHECK')![1];
    const [, ...args] = JSON.parse(check.slice(check.indexOf('['))) as string[];
    const server = createServer(({ url }, response) =>
      response.writeHead(url === '/health' ? status : 404).end(),
    );
    let status = 200;
    server.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const run = () =>
      promisify(execFile)(process.execPath, args, {
        env: { ...process.env, MODEL_MANAGER_HTTP_PORT: String(port) },
      });
    await run();
    status = 503;
    await expect(run()).rejects.toMatchObject({ code: 1 });
  });
});

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly environment: Readonly<Record<string, string>>; readonly volumes: readonly string[] }
    >
  >;
  readonly volumes: Readonly<Record<string, null>>;
}

test('compose.yaml names settings of the service that fit together', async () => {
  const { services, volumes } = parse(await read('compose.yaml')) as Compose;
  const { environment } = services.paperdesk!;
  expect(Object.keys(environment).filter((name) => !isSetting(name))).toEqual([]);
  const filled = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace(/\$\{\w+:\?\}/g, 's3cret').replace(/\$\{\w+:-\}/g, ''),
  ]);
  const config = readConfig(Object.fromEntries(filled), []);
  expect(config.packages).toMatchObject({ kind: 's3', bucket: 'models', endpoint: 'http://objects:9000' });
  expect(config.store).toEqual({ kind: 'postgres', url: 'postgres://paperdesk:s3cret@postgres/paperdesk' });
  expect(Object.keys(services)).toEqual(['paperdesk', 'postgres', 'objects']);
  const mounted = Object.values(services).flatMap((service) =>
    service.volumes.map((text) => text.split(':')[0]!),
  );
  expect(mounted).toEqual(Object.keys(volumes));
});

test('the unit of systemd starts the command with known settings, and as no user of the machine', async () => {
  const unit = await read('deploy/paperdesk.service');
  const values = new Map([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
  expect(values.get('ExecStart')).toBe('/usr/bin/env paperdesk start');
  expect(values.get('DynamicUser')).toBe('yes');
  const environment = values
    .get('Environment')!
    .split(' ')
    .map((pair) => pair.split('='));
  expect(environment.filter(([name]) => !isSetting(name!))).toEqual([]);
  expect(Object.fromEntries(environment).PAPERDESK_HOME).toBe(`/var/lib/${values.get('StateDirectory')}`);
});
