import fc from 'fast-check';

/** The keywords of JSON Schema that this service uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** Values that often break services. */
const HOSTILE_TEXTS = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '..%2f..%2f',
  '%00',
  '\0',
  '%',
  '%zz',
  '\ud800',
  '😀',
  '\u202e',
  "' OR 1=1 --",
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'NaN',
  '-1',
  '0',
  '1e309',
  'null',
  'undefined',
  'x'.repeat(81),
  'x'.repeat(201),
  'x'.repeat(3000),
  '\r\nset-cookie: a=b',
  '{{7*7}}',
  '<script>',
  'paper_',
  'upload',
];
const HOSTILE_VALUES: readonly unknown[] = [
  ...HOSTILE_TEXTS,
  null,
  true,
  false,
  0,
  -0,
  -1,
  0.1,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 63,
  5e-324,
  [],
  {},
  [[]],
  [null],
  { length: 1 },
  Array(1000).fill(0),
  { __proto__: null, constructor: { prototype: { polluted: true } } },
];

/** Values that exist in the test service, by field name. */
const EXISTING: Readonly<Record<string, readonly unknown[]>> = {
  model_id: ['ppo_v1', 'paper_ppo_v1', 'paper_v3_ppo', 'PPO_V1', 'nope'],
  id: ['ppo_v1', 'paper_ppo_v1.1.1', 'nope'],
  symbol: ['BTCUSDT', 'btcusdt', 'BTC/USDT:USDT', 'NOPE'],
  model_name: ['alpha', 'beta'],
  group_key: ['SOLUSDT_mid_chg_1m'],
  password: ['correct horse battery staple', 'wrong'],
  current_price: [90_000, 91_000.5],
  entry_price: [90_000],
  opened_at: ['2026-11-26T00:00:00Z'],
  open_time: ['2026-11-26'],
  from: ['2026-11-24', '2026-11-24T00:00:00Z'],
  to: ['2026-11-25', '2026-11-25T00:00:00'],
  side: ['long', 'Short'],
  signal: ['LONG', 'flat'],
};

/** Values for a schema: most match it, some are hostile. */
export function valueFor(
  schema: JsonSchema,
  resolve: (ref: string) => JsonSchema,
  name = '',
): fc.Arbitrary<unknown> {
  const matching = matchingValue(schema, resolve, name);
  const existing = EXISTING[name];
  return fc.oneof(
    { weight: 6, arbitrary: existing === undefined ? matching : fc.constantFrom(...existing) },
    { weight: 2, arbitrary: matching },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_VALUES) },
  );
}

/** Texts for a path, query or header parameter. */
export function parameterText(schema: JsonSchema, name: string): fc.Arbitrary<string> {
  const existing = (EXISTING[name] ?? schema.enum ?? ['1', '100', 'x', 'true', '2026-11-26T00:00:00Z']).map(
    String,
  );
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...existing) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  );
}

function matchingValue(
  schema: JsonSchema,
  resolve: (ref: string) => JsonSchema,
  name: string,
): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return matchingValue(resolve(schema.$ref), resolve, name);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined)
    return fc.oneof(...choices.map((choice) => matchingValue(choice, resolve, name)));
  const type = Array.isArray(schema.type) ? (schema.type[0] as string) : schema.type;
  const { minimum = -1000, maximum = 1e6 } = schema;
  switch (type) {
    case 'integer':
      return fc.integer({ min: Math.ceil(minimum), max: Math.floor(Math.min(maximum, 1e6)) });
    case 'number':
      return fc.double({ min: minimum, max: Math.max(minimum, maximum), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, resolve), { maxLength: 4 });
    case 'object':
      return objectOf(schema, resolve);
    default:
      return schema.format === 'date-time'
        ? fc.constant('2026-11-26T12:00:00Z')
        : fc.string({ maxLength: 30 });
  }
}

function objectOf(schema: JsonSchema, resolve: (ref: string) => JsonSchema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, valueFor(property, resolve, name)]),
  );
  const unknownField = fc.dictionary(
    fc.constantFrom('extra', 'constructor', 'toString', '__proto__'),
    fc.constant(1),
    { maxKeys: 1 },
  );
  return fc
    .tuple(fc.record(fields, { requiredKeys: [...required].filter((name) => name in fields) }), unknownField)
    .map(([given, more]) => Object.assign(Object.create(null), more, given));
}
