import { deflateSync, gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../../src/errors.ts';
import { type Json, ubjson } from '../../helper/ubjson-writer.ts';
import { boosterPickle, dart, gblinear, gbtree, model, snapshot } from '../../helper/xgboost-writer.ts';
import type { HostileFile } from './hostile-file.ts';

const UBJSON: readonly ErrorCode[] = ['UBJSON_MALFORMED'];
const NOT_XGBOOST: readonly ErrorCode[] = ['NOT_XGBOOST'];
const INVALID: readonly ErrorCode[] = ['FACTOR_FILE_INVALID'];
const PICKLE_LIMIT: readonly ErrorCode[] = ['PICKLE_LIMIT'];
const PICKLE_MALFORMED: readonly ErrorCode[] = ['PICKLE_MALFORMED'];
const JSON_MALFORMED: readonly ErrorCode[] = ['JSON_MALFORMED'];

const concat = (...parts: (string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
const int64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
/** A UBJSON object whose key `Model` has this value. */
const inModel = (...parts: (string | Buffer)[]) => concat('{', 'L', int64(5n), 'Model', ...parts);

const BYTES: readonly (readonly [string, Buffer])[] = [
  ['nothing after the key', inModel()],
  ['an unknown type', inModel('?}')],
  ['a high-precision number', inModel('Hi\x021}', '}')],
  ['text of -1 bytes', inModel('Si\xff}')],
  ['text of 2^62 bytes', inModel('SL', int64(2n ** 62n), '}')],
  ['text longer than the file', inModel('SL', int64(100n), 'abc}')],
  ['text whose length is a float', inModel('Sd\0\0\0\0}')],
  ['an array of -1', inModel('[#L', int64(-1n), '}')],
  ['an array of 2^62', inModel('[#L', int64(2n ** 62n), '}')],
  ['an array longer than the file', inModel('[#L', int64(1000n), 'TT}')],
  ['a typed array of 2^40', inModel('[$d#L', int64(2n ** 40n), '\0\0\0\0}')],
  ['a typed array longer than the file', inModel('[$D#L', int64(3n), '\0'.repeat(16), '}')],
  ['a typed array of text', inModel('[$S#i\x02', 'i\x01ai\x01b}')],
  ['a typed array of nulls', inModel('[$Z#L', int64(2n ** 30n), '}')],
  ['a typed array without a count', inModel('[$d\0\0\0\0]}')],
  ['a typed object', inModel('{$i#i\x01i\x01a\x01}')],
  ['an object of 2^62 keys', inModel('{#L', int64(2n ** 62n), '}')],
  ['an object that never ends', inModel('{', 'i\x01aT')],
  ['an array that never ends', inModel('[', 'T'.repeat(1000))],
  ['100 nested arrays', inModel('['.repeat(100), ']'.repeat(100), '}')],
  ['a million nested arrays', inModel('['.repeat(1_000_000))],
  ['a million nested objects', inModel('{i\x01a'.repeat(250_000))],
  ['600,000 empty objects', inModel('[', '{}'.repeat(600_000), ']}')],
  ['600,000 empty arrays', inModel('[', '[]'.repeat(600_000), ']}')],
  ['six million nulls', inModel('[', 'Z'.repeat(6_000_000), ']}')],
  ['five million no-ops and no end', inModel('N'.repeat(5_000_000))],
  ['bytes after the end', Buffer.concat([snapshot(model(gbtree([1]))), Buffer.from('}')])],
  [
    'a second document after the end',
    Buffer.concat([snapshot(model(gbtree([1]))), snapshot(model(gbtree([1])))]),
  ],
  ...[10, 100, 500].map(
    (bytes) =>
      [`its last ${bytes} bytes cut off`, snapshot(model(gbtree([1, 2]))).subarray(0, -bytes)] as [
        string,
        Buffer,
      ],
  ),
];

type Change = (document: Record<string, Json>) => unknown;
const changed = (
  change: Change,
  base: Json = model(gbtree([{ feature: 0, at: 1, left: 1, right: 2 }])),
): Json => {
  const document = structuredClone(base) as Record<string, Json>;
  change(document);
  return document;
};
const at = (document: Json, ...path: string[]): Record<string, Json> =>
  path.reduce((value, key) => (value as Record<string, Json>)[key] as Json, document) as Record<string, Json>;
const booster = (document: Json) => at(document, 'learner', 'gradient_booster');
const firstTree = (document: Json) =>
  (at(booster(document), 'model').trees as Json[])[0] as Record<string, Json>;
const parameters = (document: Json) => at(document, 'learner', 'learner_model_param');

/** 20,000 nodes, each of which claims all 20,000 categories. */
const categories: Change = (document) => {
  const size = 20_000;
  Object.assign(firstTree(document), {
    categories: new Int32Array(size),
    categories_nodes: new Int32Array(size),
    categories_segments: new BigInt64Array(size),
    categories_sizes: new BigInt64Array(size).fill(BigInt(size)),
  });
};

const MODELS: readonly (readonly [string, Json])[] = [
  ['no learner', { version: [1, 7, 4] }],
  ['a learner that is a list', { learner: [] }],
  ['an unknown booster', changed((d) => Object.assign(booster(d), { name: 'evil' }))],
  ['a booster called constructor', changed((d) => Object.assign(booster(d), { name: 'constructor' }))],
  ['no objective', changed((d) => Object.assign(at(d, 'learner'), { objective: null }))],
  ['-1 features', changed((d) => Object.assign(parameters(d), { num_feature: '-1' }))],
  [
    'a number of features that is text',
    changed((d) => Object.assign(parameters(d), { num_feature: 'many' })),
  ],
  ['a billion classes', changed((d) => Object.assign(parameters(d), { num_class: '1000000000' }))],
  ['a base score of text', changed((d) => Object.assign(parameters(d), { base_score: 'high' }))],
  [
    'a base score of 100,000',
    changed((d) => Object.assign(parameters(d), { base_score: `[${'1,'.repeat(100_000)}1]` })),
  ],
  ['trees that are an object', changed((d) => Object.assign(at(booster(d), 'model'), { trees: {} }))],
  ['a tree that is null', changed((d) => Object.assign(at(booster(d), 'model'), { trees: [null] }))],
  ['a tree without nodes', changed((d) => Object.assign(firstTree(d), { left_children: new Int32Array(0) }))],
  [
    'fewer right than left children',
    changed((d) => Object.assign(firstTree(d), { right_children: new Int32Array(1) })),
  ],
  [
    'a child beyond the last node',
    changed((d) => Object.assign(firstTree(d), { left_children: Int32Array.of(99, -1, -1) })),
  ],
  [
    'a child before the first node',
    changed((d) => Object.assign(firstTree(d), { left_children: Int32Array.of(-7, -1, -1) })),
  ],
  [
    'a tree that leads back to its root',
    changed((d) => Object.assign(firstTree(d), { left_children: Int32Array.of(1, 0, -1) })),
  ],
  [
    'a node reached twice',
    changed((d) => Object.assign(firstTree(d), { right_children: Int32Array.of(1, -1, -1) })),
  ],
  [
    'a split at feature 3 of 3',
    changed((d) => Object.assign(firstTree(d), { split_indices: Int32Array.of(3, 0, 0) })),
  ],
  [
    'a split at feature -1',
    changed((d) => Object.assign(firstTree(d), { split_indices: Int32Array.of(-1, 0, 0) })),
  ],
  ['children that are text', changed((d) => Object.assign(firstTree(d), { left_children: ['a', 'b', 'c'] }))],
  ['400 million categories', changed(categories)],
  [
    'a tree of an output that does not exist',
    changed((d) => Object.assign(at(booster(d), 'model'), { tree_info: [7] })),
  ],
  ['more trees than outputs', changed((d) => Object.assign(at(booster(d), 'model'), { tree_info: [] }))],
  [
    'dart without weights',
    changed((d) => Object.assign(booster(d), { weight_drop: null }), model(dart([1], [1]))),
  ],
  ['dart with more weights than trees', model(dart([1], [1, 1, 1]))],
  ['missing linear weights', model(gblinear([1, 2]))],
  [
    'a billion linear features',
    changed((d) => Object.assign(parameters(d), { num_feature: '1000000000' }), model(gblinear([1, 2]))),
  ],
];

/** `_model.pkl`: well-formed pickles of malformed boosters. */
export function hostileBoosters(): HostileFile[] {
  return [
    ...BYTES.map(([name, handle]) => ({
      name: `UBJSON: ${name}`,
      get bytes() {
        return boosterPickle(handle);
      },
      codes: UBJSON,
    })),
    ...MODELS.map(([name, document]) => ({
      name: `booster: ${name}`,
      get bytes() {
        return boosterPickle(snapshot(document));
      },
      codes: NOT_XGBOOST,
    })),
    { name: 'booster: no Model', bytes: boosterPickle(ubjson({ Config: {} })), codes: NOT_XGBOOST },
    {
      name: 'booster: a Model that is a list',
      bytes: boosterPickle(ubjson({ Model: [] })),
      codes: NOT_XGBOOST,
    },
    { name: 'booster: no bytes', bytes: boosterPickle(Buffer.alloc(0)), codes: NOT_XGBOOST },
    {
      name: 'booster: the old format',
      bytes: boosterPickle(Buffer.from('binf\0\0\0\0')),
      codes: ['XGBOOST_UNSUPPORTED'],
    },
    {
      name: 'booster: truncated JSON',
      bytes: boosterPickle(Buffer.from('{"Model": {"learner"')),
      codes: JSON_MALFORMED,
    },
    {
      name: 'booster: JSON without a Model',
      bytes: boosterPickle(Buffer.from('{"Config": {}}')),
      codes: NOT_XGBOOST,
    },
    {
      name: 'booster: JSON of quotes without end',
      bytes: boosterPickle(Buffer.from(`{"${'\\"'.repeat(300_000)}NaN`)),
      codes: JSON_MALFORMED,
    },
    {
      name: 'booster: JSON with text of 5 MB',
      bytes: boosterPickle(Buffer.from(`{"a": "${'x'.repeat(5_000_000)}", "Model": 1}`)),
      codes: NOT_XGBOOST,
    },
  ];
}

const TEXTS: readonly (readonly [string, string | Buffer, readonly ErrorCode[]])[] = [
  ['an open brace', '{', JSON_MALFORMED],
  ['null', 'null', NOT_XGBOOST],
  ['a list', '[]', NOT_XGBOOST],
  ['an object', '{}', NOT_XGBOOST],
  ['its learner in __proto__', '{"__proto__": {"learner": {}}}', NOT_XGBOOST],
  ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), INVALID],
  ['quotes without end', `{"a": "${'\\"'.repeat(400_000)}NaN`, JSON_MALFORMED],
  ['NaN instead of a key', '{NaN: 1}', JSON_MALFORMED],
  ['three million nested lists', '['.repeat(3_000_000), JSON_MALFORMED],
  ['three million lists in a row', `[${'[],'.repeat(3_000_000)}[]]`, JSON_MALFORMED],
  ['objects nested 400,000 deep', '{"a":'.repeat(400_000), JSON_MALFORMED],
  ['two documents', '{}{}', JSON_MALFORMED],
];

/** JSON has lists where UBJSON has typed arrays. */
const asJson = (document: Json) =>
  JSON.stringify(document, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>, Number) : value,
  );

/** `_model.json`. */
export function hostileModelJson(): HostileFile[] {
  return [
    ...TEXTS.map(([name, text, codes]) => ({ name: `model JSON: ${name}`, bytes: Buffer.from(text), codes })),
    ...MODELS.map(([name, document]) => ({
      name: `model JSON: ${name}`,
      get bytes() {
        return Buffer.from(asJson(document));
      },
      codes: NOT_XGBOOST,
    })),
  ];
}

/** `_model.ubj`: models as UBJSON, and what may stand under any name of a model: files of joblib. */
export function hostileModelUbj(): HostileFile[] {
  const zeros = () => Buffer.alloc(300 * 2 ** 20);
  const pickle = boosterPickle(snapshot(model(gbtree([1]))));
  return [
    ...BYTES.map(([name, bytes]) => ({ name: `UBJSON: ${name}`, bytes, codes: UBJSON })),
    ...MODELS.map(([name, document]) => ({
      name: `model UBJSON: ${name}`,
      get bytes() {
        return ubjson(document);
      },
      codes: NOT_XGBOOST,
    })),
    {
      name: 'joblib: gzip of 300 MB',
      get bytes() {
        return gzipSync(zeros());
      },
      codes: PICKLE_LIMIT,
    },
    {
      name: 'joblib: zlib of 300 MB',
      get bytes() {
        return deflateSync(zeros());
      },
      codes: PICKLE_LIMIT,
    },
    { name: 'joblib: gzip cut off', bytes: gzipSync(pickle).subarray(0, -20), codes: PICKLE_MALFORMED },
    { name: 'joblib: zlib of nothing', bytes: deflateSync(Buffer.alloc(0)), codes: PICKLE_MALFORMED },
    { name: 'joblib: lz4', bytes: Buffer.from('\x04\x22\x4d\x18xxxx', 'latin1'), codes: INVALID },
  ];
}

const TABLES: readonly (readonly [string, string | Buffer])[] = [
  ['no column for the factor', 'symbol,Kendall_tau\nA,1\n'],
  ['no column for tau', 'symbol,factor_name\nA,1\n'],
  ['nothing but a name', 'x'],
  ['a row that is too short', 'factor_name,Kendall_tau\na\n'],
  ['a row that is too long', 'factor_name,Kendall_tau\na,1,2\n'],
  ['a tau that is text', 'factor_name,Kendall_tau\na,high\n'],
  ['a tau that is an invalid hexadecimal number', 'factor_name,Kendall_tau\na,0xzz\n'],
  ['a quote without end', 'factor_name,Kendall_tau\n"a,1\n'],
  ['a quote in the middle', 'factor_name,Kendall_tau\na"b,1\n'],
  ['characters after a quote', 'factor_name,Kendall_tau\n"a"b,1\n'],
  ['three million quotes without end', `factor_name,Kendall_tau\n"${'""'.repeat(3_000_000)}`],
  ['characters after three million quotes', `factor_name,Kendall_tau\n"${'a""'.repeat(2_000_000)}"b,1\n`],
  ['300,000 rows', `factor_name,Kendall_tau\n${'a,1\n'.repeat(300_000)}`],
  ['five million columns in a row', `factor_name,Kendall_tau\n${','.repeat(5_000_000)}\n`],
  ['invalid UTF-8', Buffer.from([0x66, 0xff, 0xfe])],
];

/** `_ic.csv`. */
export function hostileTables(): HostileFile[] {
  return TABLES.map(([name, text]) => ({ name: `CSV: ${name}`, bytes: Buffer.from(text), codes: INVALID }));
}

/** `_factors.txt`. */
export function hostileFactorLists(): HostileFile[] {
  return [
    { name: 'factors: blank lines', bytes: Buffer.from('\n\r\n \t\n'), codes: INVALID },
    { name: 'factors: invalid UTF-8', bytes: Buffer.from([0xc3, 0x28]), codes: INVALID },
    { name: 'factors: 150,000 factors', bytes: Buffer.from('f\n'.repeat(150_000)), codes: INVALID },
    { name: 'factors: two million empty lines', bytes: Buffer.from('\n'.repeat(2_000_000)), codes: INVALID },
  ];
}
