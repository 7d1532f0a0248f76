// promise: docs/security.md "Loopback only"
// promise: docs/security.md "the operator: environment"
// promise: docs/security.md "a client of the HTTP interface"
// promise: README.md, table "Settings"

import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requireSafeAddress } from '../../src/auth/listen-address.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

function mistakesOf(env: NodeJS.ProcessEnv, args: string[] = []): string {
  try {
    readConfig(env, args);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('these settings were accepted');
}

describe('readConfig', () => {
  test('has a default for everything', () => {
    const config = readConfig({}, []);
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 6300,
      exchange: 'binanceusdm',
      marketSource: 'live',
    });
    expect(config.store).toEqual({ kind: 'sqlite', file: resolve(PROJECT_ROOT, 'data/paperdesk.sqlite') });
    expect(config.uploadMaxBytes).toBe(2 ** 31);
    expect(Object.isFrozen(config)).toBe(true);
  });

  test.each([
    ['file:/var/lib/desk.sqlite', '/var/lib/desk.sqlite'],
    ['file:///var/lib/desk.sqlite', '/var/lib/desk.sqlite'],
    ['/var/lib/desk.sqlite', '/var/lib/desk.sqlite'],
    ['file::memory:', ':memory:'],
  ])('reads DATABASE_URL=%s', (url, file) => {
    expect(readConfig({ DATABASE_URL: url }, []).store).toEqual({ kind: 'sqlite', file });
  });

  test('reads the addresses and networks of proxies', () => {
    const { trustedProxies } = readConfig({ TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/8' }, []);
    expect(trustedProxies).toEqual(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);
    for (const wrong of ['proxy.example', '10.0.0.0/33', '10.0.0.0/0', '10.0.0.1,', 'all', '1'])
      expect(mistakesOf({ TRUSTED_PROXIES: wrong })).toContain('TRUSTED_PROXIES');
  });

  test('lets flags win over the environment', () => {
    const config = readConfig({ MODEL_MANAGER_HTTP_PORT: '7000' }, [
      '--web-port',
      '7001',
      '--web-host',
      '::1',
    ]);
    expect(config).toMatchObject({ port: 7001, host: '::1' });
  });

  test('counts empty variables as not set', () => {
    expect(readConfig({ EXCHANGE_REST_URL: '', LOG_LEVEL: '' }, []).exchangeRestUrl).toBeUndefined();
  });

  test('reports every mistake at once, with the value that was given', () => {
    const message = mistakesOf(
      {
        MODEL_MANAGER_HTTP_PORT: 'http',
        UPLOAD_MAX_BYTES: '0',
        DATABASE_URL: 'mysql://db',
        LOG_LEVEL: 'loud',
      },
      ['--nonsense'],
    );
    for (const part of [
      'PORT=http',
      'UPLOAD_MAX_BYTES=0',
      'DATABASE_URL: must be',
      'LOG_LEVEL=loud',
      '--nonsense',
    ]) {
      expect(message).toContain(part);
    }
  });
});

describe('DATABASE_URL of PostgreSQL', () => {
  const url = 'postgres://desk:secret@db/paperdesk';

  test('is taken as it is', () => {
    expect(readConfig({ DATABASE_URL: url }, []).store).toEqual({ kind: 'postgres', url });
  });

  test('is never shown in a message, because it has a password', () => {
    const message = mistakesOf({ DATABASE_URL: 'postgres://desk:secret@db:port/paperdesk' });
    expect(message).toContain('DATABASE_URL: must be postgres://');
    expect(message).not.toContain('secret');
  });

  test('is needed for nodes with other roles', () => {
    expect(readConfig({ DATABASE_URL: url }, ['--role', 'worker']).role).toBe('worker');
    expect(mistakesOf({}, ['--role', 'worker'])).toContain('NODE_ROLE=worker: must be all with SQLite');
  });
});

describe('MODEL_PACKAGES_DIR of an object store', () => {
  test.each([
    ['s3://models', { bucket: 'models', prefix: '' }],
    ['s3://models/', { bucket: 'models', prefix: '' }],
    ['s3://models/a/b/', { bucket: 'models', prefix: 'a/b' }],
  ])('%s', (url, place) => {
    const { packages } = readConfig({ MODEL_PACKAGES_DIR: url, S3_ENDPOINT: 'http://127.0.0.1:9000' }, []);
    const endpoint = 'http://127.0.0.1:9000';
    expect(packages).toEqual({ kind: 's3', ...place, endpoint, region: 'us-east-1' });
  });

  test.each(['s3://', 's3://Models', 'gs://models', 's3://models/a?b'])('refuses %s', (url) => {
    expect(mistakesOf({ MODEL_PACKAGES_DIR: url })).toContain(`MODEL_PACKAGES_DIR=${url}: must be`);
  });
});

describe('PUBLIC_URL', () => {
  test('may name several addresses', () => {
    const config = readConfig({ PUBLIC_URL: 'https://desk.example, http://192.0.2.7:6300/' }, []);
    expect(config.publicUrls).toEqual(['https://desk.example', 'http://192.0.2.7:6300/']);
    expect(readConfig({}, []).publicUrls).toEqual([]);
    expect(readConfig({ PUBLIC_URL: 'https://desk.example/a/paper-desk/' }, []).publicUrls).toEqual([
      'https://desk.example/a/paper-desk/',
    ]);
  });

  test.each([
    'desk.example',
    'ftp://desk.example',
    'https://user:secret@desk.example',
    'https://desk.example/a desk',
    'https://desk.example/a%2fb',
    'https://desk.example//desk',
    'https://desk.example?x',
    'https://desk.example/#x',
    'https://desk.example,',
    '*',
  ])('is not %s', (url) => {
    expect(mistakesOf({ PUBLIC_URL: url })).toContain('must be http or https addresses, separated by commas');
  });
});

describe('the settings of alerts', () => {
  const URL = 'https://hooks.example.com/T0KEN';

  test('need an address; the secret is for signing', () => {
    expect(readConfig({}, []).alertWebhook).toBeUndefined();
    expect(readConfig({ ALERT_WEBHOOK_URL: URL }, []).alertWebhook).toEqual({ url: URL, secret: undefined });
    const secret = 'sixteen letters!';
    expect(readConfig({ ALERT_WEBHOOK_URL: URL, ALERT_WEBHOOK_SECRET: secret }, []).alertWebhook).toEqual({
      url: URL,
      secret,
    });
  });

  test.each([
    [
      { ALERT_WEBHOOK_URL: 'ftp://hooks.example.com/T0KEN' },
      /ALERT_WEBHOOK_URL: must be an http or https address/,
    ],
    [{ ALERT_WEBHOOK_URL: 'T0KEN' }, /ALERT_WEBHOOK_URL: must be an http or https address/],
    [{ ALERT_WEBHOOK_URL: 'https://me:T0KEN@example.com/' }, /must not have a user or a password in it/],
    [{ ALERT_WEBHOOK_SECRET: 'T0KEN' }, /ALERT_WEBHOOK_SECRET: must have at least 16 characters/],
  ])('are refused without showing them: %j', (env, message) => {
    const mistakes = mistakesOf(env);
    expect(mistakes).toMatch(message);
    expect(mistakes).not.toContain('T0KEN');
  });
});

describe('requireSafeAddress', () => {
  const without = async () => false;

  test.each(['127.0.0.1', '127.3.2.1', '::1', 'localhost'])('accepts %s without a password', async (host) => {
    await requireSafeAddress(host, without);
  });

  test.each(['0.0.0.0', '::', '10.0.0.5', 'example.com', '128.0.0.1', ''])(
    'refuses %s without a password and says what to do',
    async (host) => {
      await expect(requireSafeAddress(host, without)).rejects.toThrow(/--init-password/);
      await requireSafeAddress(host, async () => true);
    },
  );
});
