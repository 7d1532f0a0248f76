import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

/** What the development server hands on to a running service; everything else is the page's. */
const SERVICE_PATHS = [
  '/alerts',
  '/api',
  '/docs',
  '/events',
  '/health',
  '/market',
  '/metrics',
  '/model-packages',
  '/paper',
  '/ready',
];

/**
 * Few files, because what is compressed together is smaller. One has what several views need. Another has all views behind
 * the first one, because the page loads every view anyway when it has time.
 */
const FILES = [
  {
    name: 'index',
    test: /preact|src.web.(?!views.|charts)|views.(not-found|access.log-in)|charts.(use-)?chart\b(?!-library)/,
    priority: 1,
  },
  { name: 'views', test: /src.web.views.(packages|compare|factor-models|system|access)\b/ },
];

const service = process.env.PAPERDESK_URL ?? 'http://127.0.0.1:6300';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: 'public',
  // A proxy may serve the page below a path.
  base: './',
  plugins: [preact()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/web', import.meta.url)),
    emptyOutDir: true,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The Content-Security-Policy allows no data: addresses.
    assetsInlineLimit: 0,
    // All of these browsers preload modules themselves.
    modulePreload: { polyfill: false },
    // One file of styles: those of a view cannot be missing when its script is loaded later than the page.
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 300,
    rolldownOptions: { output: { codeSplitting: { groups: FILES } } },
  },
  server: {
    port: 5173,
    // Host and Origin are forwarded unchanged, because the service refuses pages of other origins.
    proxy: Object.fromEntries(SERVICE_PATHS.map((path) => [`^${path}(/|\\?|$)`, { target: service }])),
  },
});
