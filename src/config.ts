import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { PROJECT_ROOT } from './runtime/project-root.ts';

const MIB = 1024 * 1024;

/** A path or a `file:` URL of SQLite; relative paths start at the project's folder. */
const databaseFile = z
  .string()
  .min(1)
  .refine((value) => !/^[a-z][a-z0-9+.-]+:/i.test(value) || value.startsWith('file:'), {
    error: 'must be file:PATH (or a path): only SQLite is supported',
  })
  .transform((value) => {
    const path = value.replace(/^file:(\/\/)?/, '');
    return path === ':memory:' ? path : resolve(PROJECT_ROOT, path);
  });

const folder = z
  .string()
  .min(1)
  .transform((value) => resolve(PROJECT_ROOT, value));

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
  return /^https?:$/.test(protocol) && pathname === '/' && search === '' && hash === '';
}

/** Settings whose values are never shown. The URL of a webhook is often a secret itself. */
const SECRETS: ReadonlySet<string> = new Set(['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET']);

/** All settings by environment variable; the README's table is generated from it. */
const SETTINGS = z.object({
  MODEL_MANAGER_HTTP_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on (also --web-host); other than loopback only with a password.'),
  MODEL_MANAGER_HTTP_PORT: wholeNumber(0, 65535)
    .default(6300)
    .describe('Port to listen on (also --web-port); 0 chooses a free one.'),
  DATABASE_URL: databaseFile
    .prefault('file:data/paperdesk.sqlite')
    .describe('The SQLite file with packages, candles and everything else.'),
  MODEL_PACKAGES_DIR: folder
    .prefault('models/packages')
    .describe('Folder of the uploaded packages, each in a folder of its own.'),
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
  EXCHANGE: z.string().min(1).default('binanceusdm').describe('ccxt id of the exchange.'),
  EXCHANGE_REST_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .optional()
    .describe("Address of the exchange's REST interface, instead of its own."),
  EXCHANGE_WS_URL: z
    .url({ protocol: /^wss?$/, error: 'must be a ws or wss address' })
    .optional()
    .describe("Address of the exchange's websocket interface, instead of its own."),
  MARKET_SOURCE: z
    .enum(['live', 'recorded'], { error: 'must be live or recorded' })
    .default('live')
    .describe(
      '`recorded` when the exchange at the addresses above replays a recording; every answer shows it.',
    ),
  UPLOAD_MAX_BYTES: wholeNumber(1, 64 * 1024 * MIB)
    .default(2048 * MIB)
    .describe('Largest file of an upload, in bytes.'),
  MODEL_MEMORY_BUDGET_MB: wholeNumber(64, 1024 * 1024)
    .default(2048)
    .describe('Private memory for loaded models, in MiB; the least recently used are unloaded first.'),
  MODEL_WEIGHTS: z
    .enum(['auto', 'float32', 'int8'], { error: 'must be auto, float32 or int8' })
    .default('auto')
    .describe(
      'Weights of forecasters: float32, or int8 where a trial finds 8-bit weights accurate enough; auto means int8 ' +
        'for forecasters larger than a quarter of MODEL_MEMORY_BUDGET_MB.',
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
      error: 'must be http or https addresses without a path, separated by commas',
    })
    .optional()
    .describe(
      'Further addresses of the service besides loopback and the address it listens on, separated by commas, for ' +
        'example https://desk.example behind a proxy. Requests for any other host are refused.',
    ),
  CORS_ORIGIN: z
    .url({ protocol: /^https?$/, error: 'must be an http or https origin' })
    .optional()
    .describe('Origin whose pages may call the service.'),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly databaseFile: string;
  readonly packagesDir: string;
  readonly tokenTtlMs: number;
  readonly factorModels: {
    readonly watch: boolean;
    readonly intervalMs: number;
    readonly debounceMs: number;
    readonly cacheFolder: string;
  };
  readonly exchange: string;
  readonly exchangeRestUrl: string | undefined;
  readonly exchangeWsUrl: string | undefined;
  readonly marketSource: 'live' | 'recorded';
  readonly uploadMaxBytes: number;
  readonly memoryBudgetBytes: number;
  readonly weights: z.infer<typeof SETTINGS>['MODEL_WEIGHTS'];
  readonly overloadDelayMs: number;
  readonly logLevel: z.infer<typeof SETTINGS>['LOG_LEVEL'];
  readonly publicUrls: readonly string[];
  readonly corsOrigin: string | undefined;
  /** Undefined if alerts are not sent. */
  readonly alertWebhook: { readonly url: string; readonly secret: string | undefined } | undefined;
}

/** Invalid settings; the message lists every mistake. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const FLAGS = { 'web-host': 'MODEL_MANAGER_HTTP_HOST', 'web-port': 'MODEL_MANAGER_HTTP_PORT' } as const;

/**
 * Reads the settings from the environment and the command line (which wins). Empty variables count as not set.
 * @throws ConfigError
 */
export function readConfig(env: NodeJS.ProcessEnv, args: readonly string[]): Config {
  const given: Record<string, string> = {};
  for (const name of Object.keys(SETTINGS.shape)) {
    const value = env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const problems: string[] = [];
  Object.assign(given, readFlags(args, problems));

  const result = SETTINGS.safeParse(given);
  if (!result.success) {
    for (const issue of result.error.issues) {
      const name = String(issue.path[0]);
      problems.push(`${SECRETS.has(name) ? name : `${name}=${given[name]}`}: ${issue.message}`);
    }
  }
  if (!result.success || problems.length > 0) {
    throw new ConfigError(`Invalid settings:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  }
  const settings = result.data;
  return Object.freeze({
    host: settings.MODEL_MANAGER_HTTP_HOST,
    port: settings.MODEL_MANAGER_HTTP_PORT,
    databaseFile: settings.DATABASE_URL,
    packagesDir: settings.MODEL_PACKAGES_DIR,
    tokenTtlMs: settings.MODEL_MANAGER_TOKEN_TTL * 1000,
    factorModels: {
      watch: ['1', 'true'].includes(settings.MODEL_MANAGER_WATCH_ENABLED),
      intervalMs: settings.MODEL_MANAGER_WATCH_INTERVAL * 1000,
      debounceMs: settings.MODEL_MANAGER_WATCH_DEBOUNCE * 1000,
      cacheFolder: settings.MODEL_MANAGER_CACHE_DIR,
    },
    exchange: settings.EXCHANGE,
    exchangeRestUrl: settings.EXCHANGE_REST_URL,
    exchangeWsUrl: settings.EXCHANGE_WS_URL,
    marketSource: settings.MARKET_SOURCE,
    uploadMaxBytes: settings.UPLOAD_MAX_BYTES,
    memoryBudgetBytes: settings.MODEL_MEMORY_BUDGET_MB * MIB,
    weights: settings.MODEL_WEIGHTS,
    overloadDelayMs: settings.OVERLOAD_DELAY_MS,
    logLevel: settings.LOG_LEVEL,
    publicUrls: settings.PUBLIC_URL ?? [],
    corsOrigin: settings.CORS_ORIGIN,
    alertWebhook:
      settings.ALERT_WEBHOOK_URL === undefined
        ? undefined
        : { url: settings.ALERT_WEBHOOK_URL, secret: settings.ALERT_WEBHOOK_SECRET },
  });
}

function readFlags(args: readonly string[], problems: string[]): Record<string, string> {
  const given: Record<string, string> = {};
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { 'web-host': { type: 'string' }, 'web-port': { type: 'string' } },
    });
    for (const [flag, name] of Object.entries(FLAGS)) {
      const value = values[flag as keyof typeof FLAGS];
      if (value !== undefined) given[name] = value;
    }
  } catch (error) {
    problems.push((error as Error).message);
  }
  return given;
}

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
