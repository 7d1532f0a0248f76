/**
 * PM2: `npm run build && npx pm2 start ecosystem.config.js`. Settings of the shell that starts it replace the defaults
 * below.
 */
const setting = (name, fallback = '') => ({ [name]: process.env[name] ?? fallback });
const port = process.env.MODEL_MANAGER_HTTP_PORT || '6300';

export const apps = [
  {
    name: 'dt-api',
    script: 'dist/src/server.js',
    cwd: import.meta.dirname,
    autorestart: true,
    exp_backoff_restart_delay: 200,
    max_memory_restart: '1500M',
    kill_timeout: 15_000,
    env: {
      NODE_ENV: 'production',
      ...setting('MODEL_MANAGER_HTTP_HOST', '127.0.0.1'),
      ...setting('MODEL_MANAGER_HTTP_PORT', port),
      ...setting('DATABASE_URL', 'file:data/paperdesk.sqlite'),
      ...setting('DATABASE_CONNECTIONS', '10'),
      ...setting('MODEL_PACKAGES_DIR', 'models/packages'),
      ...setting('S3_ENDPOINT'),
      ...setting('S3_REGION', 'us-east-1'),
      ...setting('PACKAGE_CACHE_DIR', 'data/package-cache'),
      ...setting('PACKAGE_CACHE_MAX_BYTES', '21474836480'),
      ...setting('NODE_NAME'),
      ...setting('NODE_ROLE', 'all'),
      ...setting('JOB_CONCURRENCY', '1'),
      ...setting('MODEL_MANAGER_TOKEN_TTL', '43200'),
      ...setting('MODEL_MANAGER_WATCH_ENABLED', '1'),
      ...setting('MODEL_MANAGER_WATCH_INTERVAL', '5'),
      ...setting('MODEL_MANAGER_WATCH_DEBOUNCE', '2'),
      ...setting('MODEL_MANAGER_CACHE_DIR', 'data/factor-models'),
      ...setting('EXCHANGE', 'binanceusdm'),
      ...setting('EXCHANGE_REST_URL'),
      ...setting('EXCHANGE_WS_URL'),
      ...setting('EXCHANGE_PROXY'),
      ...setting('HTTPS_PROXY'),
      ...setting('HTTP_PROXY'),
      ...setting('ALL_PROXY'),
      ...setting('NO_PROXY'),
      ...setting('MARKET_SOURCE', 'live'),
      ...setting('UPLOAD_MAX_BYTES', '2147483648'),
      ...setting('MODEL_MEMORY_BUDGET_MB', '2048'),
      ...setting('MODEL_WEIGHTS', 'auto'),
      ...setting('OVERLOAD_DELAY_MS', '2000'),
      ...setting('LOG_LEVEL', 'info'),
      ...setting('ALERT_WEBHOOK_URL'),
      ...setting('ALERT_WEBHOOK_SECRET'),
      ...setting('PUBLIC_URL'),
      ...setting('CORS_ORIGIN'),
    },
  },
  {
    name: 'dt-loop-v3',
    script: 'dist/src/cli/loop.js',
    args: '--model-id paper_v3_ppo --interval 60 --create-account',
    cwd: import.meta.dirname,
    autorestart: true,
    exp_backoff_restart_delay: 200,
    // A restart cannot repair a wrong account; the log has the message. (0 would also match a kill -9.)
    stop_exit_codes: [2],
    max_memory_restart: '300M',
    kill_timeout: 5_000,
    env: {
      NODE_ENV: 'production',
      ...setting('PAPERDESK_URL', `http://127.0.0.1:${port}`),
      ...setting('PAPERDESK_TOKEN'),
    },
  },
];
