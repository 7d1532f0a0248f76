import { isIP } from 'node:net';
import { delimiter, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import type { StoreLocation } from './db/connection.ts';
import { EXCHANGE_IDS } from './market/exchange/exchanges.ts';
import { parseProxy } from './runtime/outgoing/proxy-choice.ts';
import { DATA_ROOT } from './runtime/project-root.ts';

const MIB = 1024 * 1024;

/** A path or a `file:` URL of SQLite (relative paths start at DATA_ROOT), or a URL of PostgreSQL. */
export const storeLocation = z
  .string()
  .min(1)
  .refine((value) => !hasScheme(value) || /^(file|postgres|postgresql):/.test(value), {
    error: 'must be file:PATH (or a path) of SQLite, or postgres://USER:PASSWORD@HOST/DATABASE',
  })
  .refine((value) => !isPostgresUrl(value) || URL.canParse(value), {
    error: 'must be postgres://USER:PASSWORD@HOST/DATABASE, with special characters in percent encoding',
  })
  .transform((value): StoreLocation => {
    if (isPostgresUrl(value)) return { kind: 'postgres', url: value };
    const path = value.replace(/^file:(\/\/)?/, '');
    return { kind: 'sqlite', file: path === ':memory:' ? path : resolve(DATA_ROOT, path) };
  });

function hasScheme(value: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(value);
}

function isPostgresUrl(value: string): boolean {
  return /^postgres(ql)?:/.test(value);
}

/** A folder, or `s3://BUCKET/PREFIX`. */
const packageStore = z
  .string()
  .min(1)
  .refine((value) => !hasScheme(value) || S3_URL.test(value), {
    error: 'must be a folder, or s3://BUCKET/PREFIX of an object store',
  })
  .transform((value): { readonly folder: string } | { readonly bucket: string; readonly prefix: string } => {
    const [, bucket, prefix = ''] = S3_URL.exec(value) ?? [];
    return bucket === undefined ? { folder: resolve(DATA_ROOT, value) } : { bucket, prefix };
  });

const S3_URL = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^?#]*[^?#/]))?\/?$/;

const folder = z
  .string()
  .min(1)
  .transform((value) => resolve(DATA_ROOT, value));

const wholeNumber = (minimum: number, maximum: number) =>
  z.coerce
    .number({ error: 'must be a whole number' })
    .int('must be a whole number')
    .min(minimum, `must be at least ${minimum}`)
    .max(maximum, `must be at most ${maximum}`);

const seconds = (minimum: number, maximum: number) =>
  z.coerce
    .number({ error: 'must be a number of seconds' })
    .min(minimum, `must be at least ${minimum}`)
    .max(maximum, `must be at most ${maximum}`);

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

function isPublicUrl(url: string): boolean {
  if (!URL.canParse(url) || hasCredentials(url)) return false;
  const { protocol, pathname, search, hash } = new URL(url);
  return /^https?:$/.test(protocol) && /^(\/[\w.~-]+)*\/?$/.test(pathname) && search === '' && hash === '';
}

const proxy = z
  .string()
  .refine((text) => parseProxy(text) !== undefined, {
    error:
      'must be http://, https:// or socks5:// and HOST:PORT or USER:PASSWORD@HOST:PORT, with special characters in ' +
      'percent encoding',
  })
  .transform((text) => parseProxy(text))
  .optional();

function isAddressOrNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return Number(bits ?? most) >= 1 && Number(bits ?? most) <= most;
}

/**
 * Settings whose values are never shown. The URL of a webhook is often a secret itself, and those of a database and a proxy
 * have one.
 */
export const SECRETS: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'ALERT_WEBHOOK_URL',
  'ALERT_WEBHOOK_SECRET',
  'EXCHANGE_PROXY',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
]);

/** Settings that other programs have too; like them, the service reads the name in small letters first. */
export const SHARED_SETTINGS: ReadonlySet<string> = new Set([
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
]);

/** All settings by environment variable; the README's table is generated from it. */
export const SETTINGS = z.object({
  MODEL_MANAGER_HTTP_HOST: z
    .string()
    .min(1)
    // As in addresses of the web.
    .transform((host) => host.replace(/^\[(.+)\]$/, '$1'))
    .prefault('127.0.0.1')
    .describe('Address to listen on (also --web-host); other than loopback only with a password.'),
  MODEL_MANAGER_HTTP_PORT: wholeNumber(0, 65535)
    .default(6300)
    .describe('Port to listen on (also --web-port); 0 chooses a free one.'),
  DATABASE_URL: storeLocation
    .prefault('file:data/paperdesk.sqlite')
    .describe(
      'The SQLite file with packages, candles and everything else, or `postgres://USER:PASSWORD@HOST/DATABASE` for ' +
        'a service on several machines.',
    ),
  DATABASE_CONNECTIONS: wholeNumber(2, 200)
    .default(10)
    .describe(
      'Connections to PostgreSQL that this node may have, besides three for leases, events and jobs.',
    ),
  STORE_BUDGET_MB: wholeNumber(1, 1024 * 1024 * 1024)
    .default(10_240)
    .describe('Size of the store, in MiB, from which the service warns.'),
  MODEL_PACKAGES_DIR: packageStore
    .prefault('models/packages')
    .describe('Folder of the uploaded packages, or `s3://BUCKET/PREFIX` of an S3-compatible object store.'),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .optional()
    .describe('Address of the object store, unless it is that of Amazon S3.'),
  S3_REGION: z.string().min(1).default('us-east-1').describe('Region of the object store.'),
  PACKAGE_CACHE_DIR: folder
    .prefault('data/package-cache')
    .describe('Folder for local copies of files in the object store; it can be deleted at any time.'),
  PACKAGE_CACHE_MAX_BYTES: wholeNumber(MIB, 64 * 1024 * 1024 * MIB)
    .default(20 * 1024 * MIB)
    .describe('Size of that folder, in bytes; the least recently used files are deleted first.'),
  NODE_NAME: z
    .string()
    .regex(/^[\w.:-]{1,60}$/, 'must have 1 to 60 letters, digits, dots, colons, dashes or underscores')
    .optional()
    .describe(
      'Name of this node in lists of nodes, in metrics and in the log; the name of the machine by default.',
    ),
  NODE_ROLE: z
    .enum(['all', 'api', 'worker'], { error: 'must be all, api or worker' })
    .default('all')
    .describe(
      'What this node does (also --role): `api` follows markets and runs no jobs, `worker` runs jobs only, `all` does ' +
        'both. Every node answers HTTP.',
    ),
  JOB_CONCURRENCY: wholeNumber(1, 64)
    .default(1)
    .describe('Replays that this node runs at the same time; each takes about one core.'),
  MODEL_MANAGER_TOKEN_TTL: wholeNumber(1, 10 * 365 * 86_400)
    .default(43_200)
    .describe('Seconds that a session is valid after its log-in.'),
  MODEL_MANAGER_WATCH_ENABLED: z
    .enum(['1', '0', 'true', 'false'], { error: 'must be 1 or 0' })
    .default('1')
    .describe('Whether registered directories of factor models are watched: 1 or 0.'),
  MODEL_MANAGER_WATCH_INTERVAL: seconds(0.1, 86_400)
    .default(5)
    .describe('Seconds between two checks of registered directories.'),
  MODEL_MANAGER_WATCH_DEBOUNCE: seconds(0, 3600)
    .default(2)
    .describe('Seconds without a further change before a changed directory is read.'),
  MODEL_MANAGER_CACHE_DIR: folder
    .prefault('data/factor-models')
    .describe('Folder of the cached factor models; it can be deleted at any time.'),
  FACTOR_LINK_ROOTS: z
    .string()
    .default('')
    .transform((text) => text.split(delimiter).filter((path) => path !== ''))
    .refine((paths) => paths.every((path) => isAbsolute(path)), { error: 'must be absolute paths' })
    .describe(
      'Folders, separated by colons, that links in a directory of factor models may lead to; other links out of the directory are not followed.',
    ),
  EXCHANGE: z
    .enum(EXCHANGE_IDS, { error: `must be ${EXCHANGE_IDS.join(' or ')}` })
    .default('binanceusdm')
    .describe(`ccxt id of the exchange: ${EXCHANGE_IDS.map((id) => `\`${id}\``).join(' or ')}.`),
  EXCHANGE_REST_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .optional()
    .describe("Address of the exchange's REST interface, instead of its own."),
  EXCHANGE_WS_URL: z
    .url({ protocol: /^wss?$/, error: 'must be a ws or wss address' })
    .optional()
    .describe("Address of the exchange's websocket interface, instead of its own."),
  EXCHANGE_PROXY: proxy.describe(
    'Proxy for the exchange (REST and websocket) and the webhook: `http://`, `https://` or `socks5://` and ' +
      '`HOST:PORT` or `USER:PASSWORD@HOST:PORT`. Wins over the next three. Loopback addresses are never requested ' +
      'through a proxy.',
  ),
  HTTPS_PROXY: proxy.describe(
    'Proxy for https and wss addresses of these; also in small letters, as the next ones.',
  ),
  HTTP_PROXY: proxy.describe('Proxy for http and ws addresses of these.'),
  ALL_PROXY: proxy.describe('Proxy for those of these addresses that have no other.'),
  NO_PROXY: z
    .string()
    .default('')
    .describe(
      'Hosts (with their subdomains, or with a port) and networks such as 10.0.0.0/8 that are requested without a ' +
        'proxy, separated by commas; `*` for all.',
    ),
  MARKET_SOURCE: z
    .enum(['live', 'recorded'], { error: 'must be live or recorded' })
    .default('live')
    .describe(
      '`recorded` when the exchange at the addresses above replays a recording; every answer shows it.',
    ),
  UPLOAD_MAX_BYTES: wholeNumber(1, 64 * 1024 * MIB)
    .default(2048 * MIB)
    .describe('Largest file of an upload, in bytes.'),
  UPLOADS_AT_ONCE: wholeNumber(1, 1000)
    .default(20)
    .describe('Uploads of one client at the same time: of a token or, without a password, of an address.'),
  MODEL_MEMORY_BUDGET_MB: wholeNumber(64, 1024 * 1024)
    .default(2048)
    .describe(
      'Private memory for loaded models, in MiB; the least recently used are unloaded first. Three quarters are for live decisions, the rest for warm-ups, proofs and replays.',
    ),
  MODEL_WEIGHTS: z
    .enum(['auto', 'float32', 'int8'], { error: 'must be auto, float32 or int8' })
    .default('auto')
    .describe(
      'Weights of forecasters: float32, or int8 where a trial finds 8-bit weights accurate enough; auto means int8 ' +
        'for forecasters larger than a quarter of MODEL_MEMORY_BUDGET_MB.',
    ),
  FORECAST_MAX_MS: wholeNumber(50, 600_000)
    .default(2000)
    .describe(
      'Time that one forecast may take, in ms of computing, measured at the warm-up; a package that takes longer is not used.',
    ),
  OVERLOAD_DELAY_MS: wholeNumber(100, 600_000)
    .default(2000)
    .describe('Delay of requests, in ms, from which the service answers 503 until it has caught up.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Lowest level of log lines to write.'),
  ALERT_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .refine((url) => !hasCredentials(url), {
      error: 'must not have a user or a password in it; sign with ALERT_WEBHOOK_SECRET instead',
    })
    .optional()
    .describe('Address that alerts are sent to.'),
  ALERT_WEBHOOK_SECRET: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('Signs alerts (HMAC-SHA256), so that the receiver can verify their sender.'),
  PUBLIC_URL: z
    .string()
    .transform((list) => list.split(',').map((url) => url.trim()))
    .refine((urls) => urls.every(isPublicUrl), {
      error:
        'must be http or https addresses, separated by commas; a path may have letters, digits, dots, dashes and underscores',
    })
    .optional()
    .describe(
      'Further addresses of the service besides loopback and the address it listens on, separated by commas, for ' +
        'example https://desk.example or https://example.com/paperdesk behind a proxy. Requests for any other host are ' +
        'refused; a path is taken off the requests that have it.',
    ),
  TRUSTED_PROXIES: z
    .string()
    .transform((list) => list.split(',').map((address) => address.trim()))
    .refine((addresses) => addresses.every(isAddressOrNetwork), {
      error: 'must be addresses or networks such as 10.0.0.0/8, separated by commas',
    })
    .optional()
    .describe(
      'Addresses or networks (10.0.0.0/8) of the proxies in front of the service, separated by commas: from these, the ' +
        'address of a client is what `X-Forwarded-For` says.',
    ),
  CORS_ORIGIN: z
    .url({ protocol: /^https?$/, error: 'must be an http or https origin' })
    .optional()
    .describe('Origin whose pages may call the service.'),
});

export type Settings = z.infer<typeof SETTINGS>;

/** The table of settings in Markdown, for the README. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS.shape).map(([name, schema]) => {
    const defaultValue = defaultOf(schema);
    return `| \`${name}\` | ${defaultValue === undefined ? 'none' : `\`${defaultValue}\``} | ${schema.description ?? ''} |`;
  });
  return ['| setting | default | what it does |', '|---|---|---|', ...rows].join('\n');
}

function defaultOf(schema: z.ZodType): unknown {
  const definition = schema.def as { defaultValue?: unknown };
  return definition.defaultValue;
}
