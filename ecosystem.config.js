/** PM2: `npm run build && npx pm2 start ecosystem.config.js`. */
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
      MODEL_MANAGER_HTTP_HOST: '127.0.0.1',
      MODEL_MANAGER_HTTP_PORT: '6300',
      DATABASE_URL: 'file:data/paperdesk.sqlite',
      MODEL_PACKAGES_DIR: 'models/packages',
      EXCHANGE: 'binanceusdm',
      EXCHANGE_REST_URL: '',
      EXCHANGE_WS_URL: '',
      MARKET_SOURCE: 'live',
      UPLOAD_MAX_BYTES: '2147483648',
      MODEL_MEMORY_BUDGET_MB: '2048',
      LOG_LEVEL: 'info',
      CORS_ORIGIN: '',
    },
  },
];
