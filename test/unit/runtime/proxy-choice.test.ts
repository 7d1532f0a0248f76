import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../../src/config.ts';
import { parseProxy, proxyFor, shownProxy } from '../../../src/runtime/outgoing/proxy-choice.ts';

function proxyOf(address: string, env: NodeJS.ProcessEnv): string | undefined {
  return proxyFor(address, readConfig(env, []).proxies)?.host;
}

test.each([
  ['https://api.test/', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:1' }, 'p:1'],
  ['wss://api.test/', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:1' }, 'p:1'],
  ['http://api.test/', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:1' }, 'q:1'],
  ['ws://api.test/', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:1' }, 'q:1'],
  ['wss://api.test/', { HTTP_PROXY: 'http://q:1' }, undefined],
  ['wss://api.test/', { HTTP_PROXY: 'http://q:1', ALL_PROXY: 'socks5://r:1' }, 'r:1'],
  ['https://api.test/', { https_proxy: 'http://small:1', HTTPS_PROXY: 'http://large:1' }, 'small:1'],
  ['https://api.test/', { all_proxy: 'socks5h://r:1' }, 'r:1'],
  ['https://api.test/', { EXCHANGE_PROXY: 'socks5://e:1', https_proxy: 'http://p:1' }, 'e:1'],
  ['https://api.test/', { HTTPS_PROXY: 'p:3128' }, 'p:3128'],
  ['https://api.test/', { HTTPS_PROXY: '' }, undefined],
])('%s with %o goes through %s', (address, env, proxy) => {
  expect(proxyOf(address, env)).toBe(proxy);
});

test.each([
  ['https://api.test/', 'api.test', true],
  ['https://a.api.test/', 'api.test', true],
  ['https://api.test/', '.api.test', true],
  ['https://a.api.test/', '*.API.test', true],
  ['https://napi.test/', 'api.test', false],
  ['https://api.test/', 'other.test, api.test', true],
  ['https://api.test/', 'other.test api.test:443', true],
  ['https://api.test/', 'api.test:80', false],
  ['ws://api.test/', 'api.test:80', true],
  ['https://api.test/', '*', true],
  ['https://api.test/', '', false],
  ['https://api.test/', ',', false],
  ['https://10.1.2.3/', '10.0.0.0/8', true],
  ['https://11.1.2.3/', '10.0.0.0/8', false],
  ['https://10.1.2.3/', '10.0.0.0/99', false],
  ['https://10.1.2.3/', '10.1.2.3', true],
  ['https://[fd00::1]/', 'fd00::1', true],
  ['https://[fd00::1]:8443/', '[fd00::1]:8443', true],
  ['https://[fd00::1]/', 'fd00::/8', true],
])('%s with NO_PROXY=%s is direct: %s', (address, list, isDirect) => {
  expect(proxyOf(address, { ALL_PROXY: 'http://p:1', no_proxy: list })).toBe(isDirect ? undefined : 'p:1');
});

test.each([
  'http://127.0.0.1:6300/',
  'ws://127.9.9.9/',
  'https://localhost/',
  'https://desk.localhost/',
  'http://[::1]:1/',
])('%s never goes through a proxy', (address) => {
  expect(proxyOf(address, { EXCHANGE_PROXY: 'http://p:1', ALL_PROXY: 'http://p:1' })).toBeUndefined();
});

test.each(['socks4://p:1', 'ftp://p:1', 'http://', 'http://p:1/path', 'http://a%zz:b@p:1', 'socks5://:1'])(
  'a proxy is not %s',
  (text) => {
    expect(parseProxy(text)).toBeUndefined();
    expect(() => readConfig({ HTTPS_PROXY: text }, [])).toThrow(ConfigError);
  },
);

test('neither a mistake nor what is shown has the password', () => {
  expect(() => readConfig({ EXCHANGE_PROXY: 'socks4://desk:s3cret@p:1' }, [])).toThrow(
    /^(?!.*s3cret)[\s\S]*EXCHANGE_PROXY: must be http:\/\/, https:\/\/ or socks5:\/\//,
  );
  expect(shownProxy(parseProxy('socks5://desk:s3cret@p:1')!)).toBe('socks5://p:1');
});
