import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import type { StoreLocation } from './db/connection.ts';
import type { PackageStoreLocation } from './packages/package-store-location.ts';
import type { ProxySettings } from './runtime/outgoing/proxy-choice.ts';
import { SECRETS, SETTINGS, type Settings, SHARED_SETTINGS } from './settings.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly store: StoreLocation;
  readonly databaseConnections: number;
  readonly storeBudgetBytes: number;
  readonly packages: PackageStoreLocation;
  readonly packageCache: { readonly folder: string; readonly maxBytes: number };
  readonly nodeName: string;
  readonly role: Settings['NODE_ROLE'];
  readonly jobConcurrency: number;
  readonly tokenTtlMs: number;
  readonly factorModels: {
    readonly watch: boolean;
    readonly intervalMs: number;
    readonly debounceMs: number;
    readonly cacheFolder: string;
    /** Folders that links in registered directories may lead to. */
    readonly linkRoots: readonly string[];
  };
  readonly exchange: string;
  readonly exchangeRestUrl: string | undefined;
  readonly exchangeWsUrl: string | undefined;
  /** For the exchange and the webhook. */
  readonly proxies: ProxySettings;
  readonly marketSource: 'live' | 'recorded';
  readonly uploadMaxBytes: number;
  /** Of one client. */
  readonly uploadsAtOnce: number;
  readonly memoryBudgetBytes: number;
  readonly forecastMaxMs: number;
  readonly weights: Settings['MODEL_WEIGHTS'];
  readonly overloadDelayMs: number;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly publicUrls: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly corsOrigin: string | undefined;
  /** Undefined if alerts are not sent. */
  readonly alertWebhook: { readonly url: string; readonly secret: string | undefined } | undefined;
}

/** Invalid settings; the message lists every mistake. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const FLAGS = {
  'web-host': 'MODEL_MANAGER_HTTP_HOST',
  'web-port': 'MODEL_MANAGER_HTTP_PORT',
  role: 'NODE_ROLE',
} as const;

/**
 * Reads the settings from the environment and the command line (which wins). Empty variables count as not set.
 * @throws ConfigError
 */
export function readConfig(env: NodeJS.ProcessEnv, args: readonly string[]): Config {
  const given: Record<string, string> = {};
  for (const name of Object.keys(SETTINGS.shape)) {
    const value = (SHARED_SETTINGS.has(name) && env[name.toLowerCase()]) || env[name];
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
  const contradicting = result.success ? contradiction(result.data) : undefined;
  if (contradicting !== undefined) problems.push(contradicting);
  if (!result.success || problems.length > 0) {
    throw new ConfigError(`Invalid settings:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  }
  const settings = result.data;
  return Object.freeze({
    host: settings.MODEL_MANAGER_HTTP_HOST,
    port: settings.MODEL_MANAGER_HTTP_PORT,
    store: settings.DATABASE_URL,
    databaseConnections: settings.DATABASE_CONNECTIONS,
    storeBudgetBytes: settings.STORE_BUDGET_MB * 1024 * 1024,
    packages: packageLocationOf(settings),
    packageCache: { folder: settings.PACKAGE_CACHE_DIR, maxBytes: settings.PACKAGE_CACHE_MAX_BYTES },
    nodeName: settings.NODE_NAME ?? hostname(),
    role: settings.NODE_ROLE,
    jobConcurrency: settings.JOB_CONCURRENCY,
    tokenTtlMs: settings.MODEL_MANAGER_TOKEN_TTL * 1000,
    factorModels: {
      watch: ['1', 'true'].includes(settings.MODEL_MANAGER_WATCH_ENABLED),
      intervalMs: settings.MODEL_MANAGER_WATCH_INTERVAL * 1000,
      debounceMs: settings.MODEL_MANAGER_WATCH_DEBOUNCE * 1000,
      cacheFolder: settings.MODEL_MANAGER_CACHE_DIR,
      linkRoots: settings.FACTOR_LINK_ROOTS,
    },
    exchange: settings.EXCHANGE,
    exchangeRestUrl: settings.EXCHANGE_REST_URL,
    exchangeWsUrl: settings.EXCHANGE_WS_URL,
    proxies: proxiesOf(settings),
    marketSource: settings.MARKET_SOURCE,
    uploadMaxBytes: settings.UPLOAD_MAX_BYTES,
    uploadsAtOnce: settings.UPLOADS_AT_ONCE,
    memoryBudgetBytes: settings.MODEL_MEMORY_BUDGET_MB * 1024 * 1024,
    forecastMaxMs: settings.FORECAST_MAX_MS,
    weights: settings.MODEL_WEIGHTS,
    overloadDelayMs: settings.OVERLOAD_DELAY_MS,
    logLevel: settings.LOG_LEVEL,
    publicUrls: settings.PUBLIC_URL ?? [],
    trustedProxies: settings.TRUSTED_PROXIES ?? [],
    corsOrigin: settings.CORS_ORIGIN,
    alertWebhook:
      settings.ALERT_WEBHOOK_URL === undefined
        ? undefined
        : { url: settings.ALERT_WEBHOOK_URL, secret: settings.ALERT_WEBHOOK_SECRET },
  });
}

function proxiesOf({
  EXCHANGE_PROXY,
  HTTP_PROXY,
  HTTPS_PROXY,
  ALL_PROXY,
  NO_PROXY,
}: Settings): ProxySettings {
  return {
    http: EXCHANGE_PROXY ?? HTTP_PROXY ?? ALL_PROXY,
    https: EXCHANGE_PROXY ?? HTTPS_PROXY ?? ALL_PROXY,
    except: NO_PROXY,
  };
}

function packageLocationOf(settings: Settings): PackageStoreLocation {
  const location = settings.MODEL_PACKAGES_DIR;
  if ('folder' in location) return { kind: 'folder', folder: location.folder };
  return { kind: 's3', ...location, endpoint: settings.S3_ENDPOINT, region: settings.S3_REGION };
}

/** A setting that contradicts another one; undefined if none does. */
function contradiction(settings: Settings): string | undefined {
  if ((settings.EXCHANGE_REST_URL === undefined) !== (settings.EXCHANGE_WS_URL === undefined))
    return 'EXCHANGE_REST_URL, EXCHANGE_WS_URL: must be given together, else candles would come from two markets';
  if (settings.NODE_ROLE === 'all' || settings.DATABASE_URL.kind === 'postgres') return undefined;
  return `NODE_ROLE=${settings.NODE_ROLE}: must be all with SQLite, where one process does everything; other roles need PostgreSQL (DATABASE_URL)`;
}

function readFlags(args: readonly string[], problems: string[]): Record<string, string> {
  const given: Record<string, string> = {};
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { 'web-host': { type: 'string' }, 'web-port': { type: 'string' }, role: { type: 'string' } },
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
