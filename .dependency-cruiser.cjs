/** The layers of docs/architecture.md, checked. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(server|cli/|web/)' },
      to: {},
    },
    {
      name: 'fastify-only-in-http',
      comment: 'Only http/ and app.ts know the web framework.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(http/|app\\.ts$)' },
      to: { path: 'node_modules/(fastify|@fastify|fastify-plugin|fastify-type-provider-zod)' },
    },
    {
      name: 'ccxt-only-in-exchange',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/market/exchange' },
      to: { path: 'node_modules/ccxt' },
    },
    {
      name: 'onnxruntime-only-in-inference',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/inference/' },
      to: { path: 'node_modules/onnxruntime' },
    },
    {
      name: 'sql-only-in-repositories',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(db/|.*-repository\\.ts$)' },
      to: { path: 'node_modules/(kysely|better-sqlite3)' },
    },
    {
      name: 'formats-stand-alone',
      comment: 'Readers of foreign files import nothing of ours.',
      severity: 'error',
      from: { path: '^src/formats/' },
      to: { path: '^src/', pathNot: '^src/(formats/|errors\\.ts$|candle\\.ts$)' },
    },
    {
      name: 'features-stand-alone',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: '^src/', pathNot: '^src/(features/|formats/|errors\\.ts$|candle\\.ts$)' },
    },
    {
      name: 'nobody-imports-http',
      comment: 'Data flows towards http/, never back.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(http/|app\\.ts$|service\\.ts$|server\\.ts$|cli/|web/)' },
      to: { path: '^src/(http/|app\\.ts$|server\\.ts$)' },
    },
    {
      name: 'inference-knows-no-packages',
      comment: 'Packages use inference, not the other way round.',
      severity: 'error',
      from: { path: '^src/(market|inference)/' },
      to: { path: '^src/(packages|paper|http)/' },
    },
    {
      name: 'page-knows-answers-only',
      comment:
        'The page runs in a browser: of the service it takes the types of answers and events, nothing that runs.',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: '^src/', pathNot: '^src/web/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'page-knows-answers-only-by-type',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: '^src/', pathNot: '^src/(web/|http/schemas/|events/event-hub\\.ts$)' },
    },
    {
      name: 'nobody-imports-the-page',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/web/' },
      to: { path: '^src/web/' },
    },
    {
      name: 'src-imports-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'types'], exportsFields: ['exports'] },
  },
};
