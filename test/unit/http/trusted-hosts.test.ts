// promise: docs/operations.md, table "Running"

import { hostname, networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createTrustedHosts, hostsNamedBy, isForeign } from '../../../src/http/plugins/trusted-hosts.ts';

const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
const inUrl = ({ address, family }: { address: string; family: string }) =>
  family === 'IPv6' ? `[${address}]` : address;

describe('a host is trusted', () => {
  const loopback = createTrustedHosts({ listenHost: '127.0.0.1', publicUrls: [] });

  test.each([
    'localhost',
    'localhost:6300',
    'localhost:1',
    'LocalHost:6300',
    'localhost.:6300',
    'desk.localhost:6300',
    '127.0.0.1',
    '127.0.0.1:6300',
    '127.8.9.10:6300',
    '[::1]',
    '[::1]:6300',
    '[0:0:0:0:0:0:0:1]:6300',
    '[::1%lo]:6300',
    '[::1%25lo]:6300',
    '[::ffff:127.0.0.1]:6300',
  ])('as loopback: %s', (host) => expect(loopback(host)).toBe(true));

  test.each([
    '',
    'evil.example',
    'evil.example:6300',
    'localhost.evil.example',
    'evil-localhost',
    'notlocalhost:6300',
    '.localhost',
    'localhost..',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io:6300',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0.0.0.0:6300',
    '10.0.0.1:6300',
    '[::]:6300',
    '[::2]:6300',
    '[fe80::1]:6300',
    '::1',
    '[::1',
    '[::1]evil.example',
    '[localhost]',
    '[:]',
    'localhost:6300:80',
    'localhost:80evil',
    'localhost:6300@evil.example',
    'user@localhost',
    'localhost@evil.example',
    'localhost/evil.example',
    'localhost#.evil.example',
    'localhost,evil.example',
    'localhost evil.example',
    'http://localhost',
    'ⓛocalhost',
    'desk.example',
    ...[hostname()].filter((name) => name !== 'localhost'),
    ...addresses.filter(({ internal }) => !internal).map(inUrl),
  ])('and no other: %j', (host) => expect(loopback(host)).toBe(false));

  test.each([
    ['192.0.2.7', '192.0.2.7:6300', true],
    ['192.0.2.7', '192.0.2.8:6300', false],
    ['192.0.2.7', 'localhost:6300', true],
    ['Desk.lan', 'desk.LAN.:6300', true],
    ['Desk.lan', 'other.lan', false],
    ['2001:db8::7', '[2001:DB8:0::7]:6300', true],
    ['fe80::1%eth0', '[fe80::1]:6300', true],
    ['fe80::1%eth0', '[fe80::2]:6300', false],
    ['0.0.0.0', '0.0.0.0:6300', true],
    ['0.0.0.0', 'evil.example:6300', false],
    ['::', 'evil.example:6300', false],
  ])('where the service listens on %s: %s %s', (listenHost, host, trusted) => {
    expect(createTrustedHosts({ listenHost, publicUrls: [] })(host)).toBe(trusted);
  });

  test.each(['0.0.0.0', '::'])(
    'by every address and the name of the machine where it listens on %s',
    (listenHost) => {
      const isTrusted = createTrustedHosts({ listenHost, publicUrls: [] });
      expect(isTrusted(`${hostname().toUpperCase()}:6300`)).toBe(true);
      for (const address of addresses)
        expect(isTrusted(`${inUrl(address)}:6300`), address.address).toBe(true);
    },
  );

  test.each([
    ['desk.example', true],
    ['desk.example:8443', true],
    ['DESK.example.:443', true],
    ['backup.example:6300', true],
    ['[2001:db8::1]', true],
    ['other.example', false],
    ['sub.desk.example', false],
    ['desk.example.evil.example', false],
  ])('by PUBLIC_URL: %s %s', (host, trusted) => {
    const publicUrls = ['https://desk.example', 'http://Backup.example:81/', 'https://[2001:db8:0::1]'];
    expect(createTrustedHosts({ listenHost: '127.0.0.1', publicUrls })(host)).toBe(trusted);
  });
});

test.each([
  ['one', ['Host', 'localhost:6300', 'Accept', '*/*'], '/health', ['localhost:6300']],
  ['none', ['Accept', '*/*'], '/health', []],
  [
    'two different ones',
    ['Host', 'localhost', 'X', 'y', 'hOST', 'evil.example'],
    '/',
    ['localhost', 'evil.example'],
  ],
  ['the same one twice', ['Host', 'localhost', 'host', 'LOCALHOST'], '/', ['localhost']],
  ['one in its target', ['Host', 'localhost'], 'http://evil.example/health', ['localhost', 'evil.example']],
  ['one in both', ['Host', 'localhost:80'], 'HTTP://Localhost:80/health', ['localhost:80']],
  [
    'a user in its target',
    ['Host', 'localhost'],
    'http://localhost@evil.example/',
    ['localhost', 'localhost@evil.example'],
  ],
  ['one that is the value of another header', ['X', 'host', 'Host', 'localhost'], '/', ['localhost']],
  ['an address in its query', ['Host', 'localhost'], '/?u=http://evil.example/', ['localhost']],
  ['two slashes before its path', ['Host', 'localhost'], '//evil.example/', ['localhost']],
] as const)('a request may name %s', (_, rawHeaders, url, hosts) => {
  expect(hostsNamedBy({ rawHeaders: [...rawHeaders], url })).toEqual(hosts);
});

describe('the page that makes a request', () => {
  const trusted = new Set(['https://desk.example', 'https://app.example']);
  const at = 'localhost:6300';

  test.each([
    ['no browser', undefined, undefined, at],
    ['no browser, of HTTP/1.0', undefined, undefined, undefined],
    ['its own', 'http://localhost:6300', 'same-origin', at],
    ['its own, of a browser that says no more', 'http://localhost:6300', undefined, at],
    ['its own, on the usual port', 'http://localhost', 'same-origin', 'localhost'],
    ['its own, on the usual port that is named', 'http://localhost', 'same-origin', 'localhost:80'],
    ['its own, of an IPv6 address', 'http://[::1]:6300', 'same-origin', '[::1]:6300'],
    ['its own, with a final dot', 'http://localhost.:6300', 'same-origin', 'localhost.:6300'],
    ['its own, which asks for more', undefined, 'same-origin', at],
    ['none: a person typed the address', undefined, 'none', at],
    [
      'that of PUBLIC_URL, behind a proxy that hands Host on',
      'https://desk.example',
      'same-origin',
      'desk.example',
    ],
    ['that of PUBLIC_URL, behind one that does not', 'https://desk.example', 'same-origin', '127.0.0.1:6300'],
    ['that of CORS_ORIGIN', 'https://app.example', 'cross-site', at],
    ['that of CORS_ORIGIN, in another spelling', 'HTTPS://APP.example', undefined, at],
  ])('is not foreign: %s', (_, origin, fetchSite, host) => {
    expect(isForeign({ origin, fetchSite }, host, trusted)).toBe(false);
  });

  test.each([
    ['another site', 'https://evil.example', 'cross-site', at],
    ['another site, of a browser that says no more', 'https://evil.example', undefined, at],
    ['another site that sends no Origin', undefined, 'cross-site', at],
    ['another port of the same host', 'http://localhost:5173', 'same-site', at],
    ['another port of the same host, without Origin', undefined, 'same-site', at],
    ['another loopback name', 'http://127.0.0.1:6300', 'cross-site', at],
    ['the usual port instead of the one asked for', 'http://localhost', 'same-site', at],
    ['another scheme', 'https://localhost:6300', 'cross-site', at],
    ['a file or a sandbox', 'null', 'cross-site', at],
    ['a file or a sandbox, without more', 'null', undefined, at],
    ['an empty origin', '', undefined, at],
    ['an extension', 'chrome-extension://abcdef', 'none', at],
    ['several origins', 'http://localhost:6300, https://evil.example', undefined, at],
    ['an origin that begins like it', 'http://localhost:6300.evil.example', undefined, at],
    ['an origin with a user', 'http://localhost:6300@evil.example', undefined, at],
    ['an origin with a path', 'http://localhost:6300/', undefined, at],
    ['another port of PUBLIC_URL', 'https://desk.example:8443', 'same-site', 'desk.example'],
    ['PUBLIC_URL without TLS', 'http://desk.example', 'cross-site', 'desk.example'],
    ['a part of PUBLIC_URL', 'https://example', 'cross-site', 'desk.example'],
    ['any, where the request names no host', 'http://localhost:6300', undefined, undefined],
    ['a site in words of its own', undefined, 'whatever', at],
  ])('is foreign: %s', (_, origin, fetchSite, host) => {
    expect(isForeign({ origin, fetchSite }, host, trusted)).toBe(true);
  });
});
