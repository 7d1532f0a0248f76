import { deflateRawSync } from 'node:zlib';
import type { ErrorCode } from '../../../src/errors.ts';
import { policyData, policyTensors } from '../../helper/sb3-writer.ts';
import { ONE_PATCH, patchTst, type TorchOptions, writeTorch } from '../../helper/torch-writer.ts';
import { type EndFields, type Member, writeZip } from '../../helper/zip-writer.ts';
import type { HostileFile } from './hostile-file.ts';

/** What is wrong with an otherwise good zip: an extra member, its end, or the file as a whole. */
interface ZipCase {
  readonly name: string;
  readonly members?: readonly Member[];
  readonly end?: EndFields;
  readonly change?: (file: Buffer) => Buffer;
  readonly codes: readonly ErrorCode[];
}

const MALFORMED: readonly ErrorCode[] = ['ZIP_MALFORMED'];
const FORBIDDEN: readonly ErrorCode[] = ['ZIP_FORBIDDEN'];
const TOO_LARGE: readonly ErrorCode[] = ['ZIP_TOO_LARGE'];

const plain: Member = {
  name: 'extra.bin',
  content: Buffer.from('content of an unneeded file.'),
  descriptor: undefined,
};
const extra = (change: Partial<Member>) => [{ ...plain, ...change }];
const MAX = 0xffffffff;

const headers: readonly ZipCase[] = [
  ...(['crc', 'size', 'compressedSize', 'flags', 'method'] as const).flatMap((field) => {
    const value = field === 'flags' ? 0x802 : field === 'method' ? 8 : 5;
    return (['local', 'central'] as const).map((side) => ({
      name: `another ${field} in the ${side} header`,
      members: extra({ [side]: { [field]: value } }),
      codes: MALFORMED,
    }));
  }),
  {
    name: 'another name in the local header',
    members: extra({ local: { name: 'other.bin' } }),
    codes: MALFORMED,
  },
  {
    name: 'a longer name in the local header',
    members: extra({ local: { name: 'extra.binary' } }),
    codes: MALFORMED,
  },
  {
    name: 'another name in the central header',
    members: extra({ central: { name: 'extra.txt' } }),
    codes: MALFORMED,
  },
  {
    name: 'a descriptor without its flag',
    members: extra({ descriptor: 'signed', flags: 0x800 }),
    codes: MALFORMED,
  },
  { name: 'the flag of a descriptor without one', members: extra({ flags: 0x808 }), codes: MALFORMED },
  {
    name: 'sizes both in the local header and in a descriptor',
    members: extra({ descriptor: 'signed', local: { size: 9 } }),
    codes: MALFORMED,
  },
  {
    name: 'bytes between members',
    members: [
      { ...plain, gap: Buffer.from('gap') },
      { ...plain, name: 'b' },
    ],
    codes: MALFORMED,
  },
  { name: 'bytes before the directory', members: extra({ gap: Buffer.alloc(70_000) }), codes: MALFORMED },
  {
    name: 'a stored member larger than its bytes',
    members: extra({ local: { size: 900 }, central: { size: 900 } }),
    codes: MALFORMED,
  },
  { name: 'a folder with content', members: extra({ name: 'folder/' }), codes: MALFORMED },
];

const flags: readonly ZipCase[] = [
  ...[0, 6, 13].map((bit) => ({
    name: `encryption by flag ${bit}`,
    members: extra({ flags: (1 << bit) | 0x800 }),
    codes: FORBIDDEN,
  })),
  ...[4, 5, 7, 8, 9, 10, 12, 14, 15].map((bit) => ({
    name: `flag ${bit}`,
    members: extra({ flags: (1 << bit) | 0x800 }),
    codes: FORBIDDEN,
  })),
  ...[1, 6, 9, 12, 14, 93, 95, 98, 99, 65535].map((method) => ({
    name: `method ${method}`,
    members: extra({ method }),
    codes: FORBIDDEN,
  })),
];

const names: readonly ZipCase[] = [
  ...[
    '../up',
    '..',
    '.',
    '/etc/passwd',
    '/',
    'a/../../b',
    'a/./b',
    './a',
    'a//b',
    'a/..',
    'C:/windows',
    'c:x',
    '\\\\host\\share',
    'a\\..\\b',
  ],
  ...['', 'a\0b', 'nul\0', 'new\nline', '\x1b[31mred', 'x'.repeat(513), 'd/'.repeat(400)],
].map((name) => ({
  name: `the name ${JSON.stringify(name.slice(0, 30))}`,
  members: extra({ name }),
  codes: FORBIDDEN,
}));

const kinds: readonly ZipCase[] = [
  ...(
    [
      ['link', 0xa],
      ['fifo', 0x1],
      ['character device', 0x2],
      ['block device', 0x6],
      ['socket', 0xc],
    ] as const
  ).flatMap(([what, type]) =>
    [3, 19].map((madeBy) => ({
      name: `a ${what} made by ${madeBy}`,
      members: extra({
        attributes: ((type << 28) | (0o777 << 16)) >>> 0,
        madeBy,
        content: Buffer.from('/etc/passwd'),
      }),
      codes: FORBIDDEN,
    })),
  ),
];

const overlaps: readonly ZipCase[] = [
  { name: 'one name twice', members: [plain, plain], codes: FORBIDDEN },
  {
    name: 'one folder twice',
    members: [
      { name: 'f/', content: Buffer.alloc(0) },
      { name: 'f/', content: Buffer.alloc(0) },
    ],
    codes: FORBIDDEN,
  },
  {
    name: 'a member that starts where the first does',
    members: extra({ central: { offset: 0 } }),
    codes: MALFORMED,
  },
  {
    name: 'a member that starts in the middle of another',
    members: extra({ central: { offset: 100 } }),
    codes: MALFORMED,
  },
  {
    name: 'a member that starts after the end of the file',
    members: extra({ central: { offset: 0x7fffffff } }),
    codes: [...MALFORMED, 'FILE_TRUNCATED'],
  },
  {
    name: 'two names for the same bytes',
    members: [plain, { ...plain, name: 'extra.two', central: { offset: 0 } }],
    codes: MALFORMED,
  },
  { name: 'a member on another disk', members: extra({ central: { disk: 1 } }), codes: FORBIDDEN },
];

const zeros = (bytes: number) => Buffer.alloc(bytes);
const MIB = 2 ** 20;
const bombs: readonly ZipCase[] = [
  {
    name: '65 MiB of zeros in 66 KB',
    members: extra({ content: zeros(65 * MIB), deflated: true }),
    codes: TOO_LARGE,
  },
  {
    name: '3 x 24 MiB of zeros',
    members: [1, 2, 3].map((n) => ({ name: `zeros.${n}`, content: zeros(24 * MIB), deflated: true })),
    codes: TOO_LARGE,
  },
  {
    name: '5000 members',
    members: Array.from({ length: 5000 }, (_, n) => ({ name: `n${n}`, content: zeros(0) })),
    codes: TOO_LARGE,
  },
  {
    name: 'a directory of 2 MB of names',
    members: Array.from({ length: 4000 }, (_, n) => ({ name: `${n}`.padEnd(500, 'x'), content: zeros(0) })),
    codes: TOO_LARGE,
  },
  {
    name: 'a larger expansion than deflate can reach',
    members: extra({ deflated: true, local: { size: 60 * MIB }, central: { size: 60 * MIB } }),
    codes: MALFORMED,
  },
];

const ends: readonly ZipCase[] = [
  {
    name: 'bytes before the zip',
    end: { prefix: Buffer.from('#!/bin/sh\n') },
    codes: [...FORBIDDEN, ...MALFORMED, 'PT_NOT_TORCH', 'NOT_SB3'],
  },
  {
    name: 'another zip before the zip',
    end: { prefix: writeZip([plain]) },
    codes: [...FORBIDDEN, ...MALFORMED],
  },
  { name: 'bytes after the zip', end: { suffix: Buffer.from('x') }, codes: MALFORMED },
  { name: 'zeros after the zip', end: { suffix: zeros(70_000) }, codes: MALFORMED },
  {
    name: 'another zip after the zip',
    end: { suffix: writeZip([plain]) },
    codes: [...MALFORMED, ...FORBIDDEN],
  },
  { name: 'a comment', end: { comment: Buffer.from('hello') }, codes: MALFORMED },
  {
    name: 'an end record inside a comment',
    end: { comment: writeZip([]) },
    codes: [...MALFORMED, ...FORBIDDEN],
  },
  { name: 'a member count that is too high', end: { entries: 100 }, codes: MALFORMED },
  { name: 'a member count that is too low', end: { entries: 1 }, codes: MALFORMED },
  { name: 'a directory that is too long', end: { directorySize: 100_000 }, codes: MALFORMED },
  { name: 'a directory that is too short', end: { directorySize: 46 }, codes: MALFORMED },
  { name: 'a directory of 4 GB', end: { directorySize: MAX - 1 }, codes: [...TOO_LARGE, ...MALFORMED] },
  { name: 'a directory at another offset', end: { directoryOffset: 0 }, codes: MALFORMED },
  { name: 'a directory after the end of the file', end: { directoryOffset: 0x7fffffff }, codes: MALFORMED },
  { name: 'the second of two disks', end: { disk: 1 }, codes: FORBIDDEN },
];

const zip64 = (zip64Fields: EndFields['zip64Fields']): EndFields => ({
  zip64: true,
  zip64Fields: zip64Fields ?? {},
});
const zip64Lies: readonly ZipCase[] = [
  { name: 'zip64 with other counts', end: zip64({ entries: 3 }), codes: MALFORMED },
  { name: 'zip64 with 2^53 members', end: zip64({ entries: 2 ** 53 }), codes: [...MALFORMED, ...TOO_LARGE] },
  { name: 'zip64 with another size', end: zip64({ size: 10 }), codes: MALFORMED },
  { name: 'zip64 with a size of 2^53', end: zip64({ size: 2 ** 53 }), codes: [...MALFORMED, ...TOO_LARGE] },
  { name: 'zip64 with another offset', end: zip64({ offset: 1 }), codes: MALFORMED },
  { name: 'zip64 with an offset of 2^53', end: zip64({ offset: 2 ** 53 }), codes: MALFORMED },
  { name: 'zip64 with its record at another offset', end: zip64({ recordOffset: 0 }), codes: MALFORMED },
  {
    name: 'zip64 with its record after the end of the file',
    end: zip64({ recordOffset: 2 ** 50 }),
    codes: MALFORMED,
  },
  { name: 'zip64 with a longer record', end: zip64({ recordSize: 100 }), codes: MALFORMED },
  { name: 'zip64 on two disks', end: zip64({ disks: 2 }), codes: FORBIDDEN },
  {
    name: 'missing zip64 sizes in the central header',
    members: extra({ central: { size: MAX } }),
    codes: MALFORMED,
  },
  {
    name: 'missing zip64 sizes in the local header',
    members: extra({ local: { size: MAX, compressedSize: MAX } }),
    codes: MALFORMED,
  },
  {
    name: 'a zip64 size of 2^53',
    members: extra({ centralZip64: true, central: { size: 2 ** 53 } }),
    codes: MALFORMED,
  },
  {
    name: 'a zip64 offset of 2^53',
    members: extra({ centralZip64: true, central: { offset: 2 ** 53 } }),
    codes: [...MALFORMED, 'FILE_TRUNCATED'],
  },
];

const cuts: readonly ZipCase[] = [
  ...[1, 21, 22, 60, 200, 1000].map((bytes) => ({
    name: `the last ${bytes} bytes cut off`,
    change: (file: Buffer) => file.subarray(0, file.length - bytes),
    codes: MALFORMED,
  })),
  ...[4, 29, 30, 400].map((bytes) => ({
    name: `only the first ${bytes} bytes`,
    change: (file: Buffer) => file.subarray(0, bytes),
    codes: MALFORMED,
  })),
  { name: 'an empty file', change: () => Buffer.alloc(0), codes: ['FILE_EMPTY'] },
  { name: 'only an end record', change: () => writeZip([]), codes: ['PT_NOT_TORCH', 'NOT_SB3'] },
  {
    name: 'a name that is not UTF-8',
    members: extra({ name: 'qqqqqq' }),
    change: (file) =>
      Buffer.from(file.toString('latin1').replaceAll('qqqqqq', '\xff\xfe\xc0\xaf\xed\xa0'), 'latin1'),
    codes: MALFORMED,
  },
];

const CASES = [
  ...headers,
  ...flags,
  ...names,
  ...kinds,
  ...overlaps,
  ...bombs,
  ...ends,
  ...zip64Lies,
  ...cuts,
];

/** Zips of a forecast model or a policy that are malformed as zips. */
export function hostileZips(role: 'forecast' | 'policy'): HostileFile[] {
  return CASES.map(({ name, members = [], end = {}, change = (file) => file, codes }) => ({
    name: `zip: ${name}`,
    get bytes() {
      return change(role === 'forecast' ? forecast({ extra: members, end }) : policy(members, end));
    },
    codes,
  }));
}

const forecast = (options: TorchOptions) => writeTorch(patchTst(ONE_PATCH), options);
const policyMembers = (): Member[] => [
  { name: 'data', content: Buffer.from(JSON.stringify(policyData())) },
  { name: 'policy.pth', content: writeTorch(policyTensors()) },
];
const policy = (members: readonly Member[], end: EndFields) =>
  writeZip([...policyMembers(), ...members], end);

const byteOrder = (change: Partial<Member>) =>
  forecast({ extra: [{ name: 'archive/byteorder', content: Buffer.from('little'), ...change }] });
const wrongCrc = { crc: 0x12345678 };
const WRONG_SIZE = { size: 3 };

/** Well-formed zips with wrong members. */
export function hostileMembers(role: 'forecast' | 'policy'): HostileFile[] {
  if (role === 'policy') {
    const [data, inner] = policyMembers() as [Member, Member];
    return [
      {
        name: 'data with a wrong CRC',
        bytes: writeZip([{ ...data, local: wrongCrc, central: wrongCrc }, inner]),
        codes: MALFORMED,
      },
      {
        name: 'policy.pth with a wrong CRC inside',
        bytes: writeZip([data, { ...inner, content: flipped(Buffer.from(inner.content)) }]),
        codes: [...MALFORMED, 'TENSOR_BOUNDS', 'PICKLE_MALFORMED', 'WEIGHT_NOT_FINITE'],
      },
      {
        name: 'data of 9 MB',
        get bytes() {
          return writeZip([{ name: 'data', content: zeros(9 * MIB), deflated: true }, inner]);
        },
        codes: TOO_LARGE,
      },
      {
        name: 'policy.pth that is a zip bomb',
        get bytes() {
          return writeZip([
            data,
            {
              name: 'policy.pth',
              content: forecast({ extra: [{ name: 'zeros', content: zeros(65 * MIB), deflated: true }] }),
            },
          ]);
        },
        codes: TOO_LARGE,
      },
      {
        name: 'policy.pth that is text',
        bytes: writeZip([data, { name: 'policy.pth', content: Buffer.from('hello') }]),
        codes: ['NOT_SB3'],
      },
      {
        name: 'policy.pth that is empty',
        bytes: writeZip([data, { name: 'policy.pth', content: Buffer.alloc(0) }]),
        codes: ['FILE_EMPTY', 'NOT_SB3'],
      },
      {
        name: 'policy.pth that is itself a policy archive',
        bytes: writeZip([data, { name: 'policy.pth', content: policy([], {}) }]),
        codes: ['NOT_SB3'],
      },
      { name: 'no policy.pth', bytes: writeZip([data]), codes: ['NOT_SB3'] },
      { name: 'no data', bytes: writeZip([inner]), codes: ['NOT_SB3'] },
    ];
  }
  const script = (name: string) => forecast({ extra: [{ name, content: Buffer.from('x') }] });
  return [
    {
      name: 'a member with a wrong CRC',
      bytes: byteOrder({ local: wrongCrc, central: wrongCrc }),
      codes: MALFORMED,
    },
    {
      name: 'a deflated member longer than declared',
      bytes: byteOrder({ deflated: true, local: WRONG_SIZE, central: WRONG_SIZE }),
      codes: MALFORMED,
    },
    {
      name: 'a deflated member shorter than declared',
      bytes: byteOrder({ deflated: true, local: { size: 60 }, central: { size: 60 } }),
      codes: MALFORMED,
    },
    {
      name: 'a deflated member with bytes after its stream',
      bytes: byteOrder(bytesAfterStream()),
      codes: MALFORMED,
    },
    {
      name: 'an invalid deflate stream',
      bytes: byteOrder({ method: 8, content: Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]) }),
      codes: MALFORMED,
    },
    { name: 'a byte order that is too long', bytes: byteOrder({ content: zeros(65) }), codes: TOO_LARGE },
    {
      name: 'a byte order that is big',
      bytes: byteOrder({ content: Buffer.from('big') }),
      codes: ['TENSOR_DTYPE'],
    },
    {
      name: 'a pickle of 17 MB',
      get bytes() {
        return forecast({ pickle: zeros(17 * MIB), member: { deflated: true, descriptor: undefined } });
      },
      codes: TOO_LARGE,
    },
    {
      name: 'two pickles',
      bytes: forecast({ extra: [{ name: 'other/data.pkl', content: Buffer.from('N.') }] }),
      codes: ['PT_NOT_TORCH'],
    },
    { name: 'constants', bytes: script('archive/constants.pkl'), codes: ['PT_TORCHSCRIPT'] },
    { name: 'code', bytes: script('archive/code/model.py'), codes: ['PT_TORCHSCRIPT'] },
    {
      name: 'weights with a wrong CRC',
      bytes: flipped(forecast({})),
      codes: [...MALFORMED, 'WEIGHT_NOT_FINITE'],
    },
  ];
}

/** The deflated stream of `little`, followed by other bytes. */
function bytesAfterStream(): Partial<Member> {
  const stream = Buffer.concat([deflateRawSync(Buffer.from('little')), Buffer.from('more')]);
  const sizes = { size: 6, compressedSize: stream.length };
  return { method: 8, content: stream, local: sizes, central: sizes };
}

/** Flips one bit of the first weight. */
function flipped(file: Buffer): Buffer {
  const changed = Buffer.from(file);
  const at = changed.indexOf(Buffer.from(Float32Array.of(0.5, 0.5, 0.5).buffer));
  changed[at] = (changed[at] ?? 0) ^ 0x10;
  return changed;
}
