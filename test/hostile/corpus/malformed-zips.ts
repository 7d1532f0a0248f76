import { deflateRawSync } from 'node:zlib';
import type { ErrorCode } from '../../../src/errors.ts';
import { policyData, policyTensors } from '../../helper/sb3-writer.ts';
import { patchTst, type TorchOptions, writeTorch } from '../../helper/torch-writer.ts';
import { type EndFields, type Member, writeZip } from '../../helper/zip-writer.ts';
import type { HostileFile } from './hostile-file.ts';

/** One thing wrong with a container that is good otherwise: a member more, or another end. */
interface ZipTrick {
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
  content: Buffer.from('some bytes that nobody needs'),
  descriptor: undefined,
};
const extra = (change: Partial<Member>) => [{ ...plain, ...change }];
const MAX = 0xffffffff;

const headers: readonly ZipTrick[] = [
  ...(['crc', 'size', 'compressedSize', 'flags', 'method'] as const).flatMap((field) => {
    const value = field === 'flags' ? 0x802 : field === 'method' ? 8 : 5;
    return (['local', 'central'] as const).map((side) => ({
      name: `${field} of the ${side} header alone`,
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
    name: 'another name in the directory',
    members: extra({ central: { name: 'extra.txt' } }),
    codes: MALFORMED,
  },
  {
    name: 'a descriptor that no flag tells of',
    members: extra({ descriptor: 'signed', flags: 0x800 }),
    codes: MALFORMED,
  },
  { name: 'a flag for a descriptor that is not there', members: extra({ flags: 0x808 }), codes: MALFORMED },
  {
    name: 'sizes in the local header besides a descriptor',
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

const flags: readonly ZipTrick[] = [
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

const names: readonly ZipTrick[] = [
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

const kinds: readonly ZipTrick[] = [
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

const overlaps: readonly ZipTrick[] = [
  { name: 'one name twice', members: [plain, plain], codes: FORBIDDEN },
  {
    name: 'one name for a file and a folder of the same spelling, twice',
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
    name: 'a member that starts behind the file',
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
const bombs: readonly ZipTrick[] = [
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
    name: 'more expansion than deflate can reach',
    members: extra({ deflated: true, local: { size: 60 * MIB }, central: { size: 60 * MIB } }),
    codes: MALFORMED,
  },
];

const ends: readonly ZipTrick[] = [
  {
    name: 'bytes in front',
    end: { prefix: Buffer.from('#!/bin/sh\n') },
    codes: [...FORBIDDEN, ...MALFORMED, 'PT_NOT_TORCH', 'NOT_SB3'],
  },
  { name: 'a whole zip in front', end: { prefix: writeZip([plain]) }, codes: [...FORBIDDEN, ...MALFORMED] },
  { name: 'bytes behind', end: { suffix: Buffer.from('x') }, codes: MALFORMED },
  { name: 'zeros behind', end: { suffix: zeros(70_000) }, codes: MALFORMED },
  { name: 'a whole zip behind', end: { suffix: writeZip([plain]) }, codes: [...MALFORMED, ...FORBIDDEN] },
  { name: 'a comment', end: { comment: Buffer.from('hello') }, codes: MALFORMED },
  {
    name: 'an end record inside a comment',
    end: { comment: writeZip([]) },
    codes: [...MALFORMED, ...FORBIDDEN],
  },
  { name: 'one member more than there are', end: { entries: 100 }, codes: MALFORMED },
  { name: 'one member less', end: { entries: 1 }, codes: MALFORMED },
  { name: 'a directory that is too long', end: { directorySize: 100_000 }, codes: MALFORMED },
  { name: 'a directory that is too short', end: { directorySize: 46 }, codes: MALFORMED },
  { name: 'a directory of 4 GB', end: { directorySize: MAX - 1 }, codes: [...TOO_LARGE, ...MALFORMED] },
  { name: 'a directory elsewhere', end: { directoryOffset: 0 }, codes: MALFORMED },
  { name: 'a directory behind the file', end: { directoryOffset: 0x7fffffff }, codes: MALFORMED },
  { name: 'the second of two disks', end: { disk: 1 }, codes: FORBIDDEN },
];

const zip64 = (zip64Fields: EndFields['zip64Fields']): EndFields => ({
  zip64: true,
  zip64Fields: zip64Fields ?? {},
});
const zip64Lies: readonly ZipTrick[] = [
  { name: 'zip64 with other counts', end: zip64({ entries: 3 }), codes: MALFORMED },
  { name: 'zip64 with 2^53 members', end: zip64({ entries: 2 ** 53 }), codes: [...MALFORMED, ...TOO_LARGE] },
  { name: 'zip64 with another size', end: zip64({ size: 10 }), codes: MALFORMED },
  { name: 'zip64 with a size of 2^53', end: zip64({ size: 2 ** 53 }), codes: [...MALFORMED, ...TOO_LARGE] },
  { name: 'zip64 with another offset', end: zip64({ offset: 1 }), codes: MALFORMED },
  { name: 'zip64 with an offset of 2^53', end: zip64({ offset: 2 ** 53 }), codes: MALFORMED },
  { name: 'zip64 whose record is elsewhere', end: zip64({ recordOffset: 0 }), codes: MALFORMED },
  { name: 'zip64 whose record is behind the file', end: zip64({ recordOffset: 2 ** 50 }), codes: MALFORMED },
  { name: 'zip64 whose record is longer', end: zip64({ recordSize: 100 }), codes: MALFORMED },
  { name: 'zip64 on two disks', end: zip64({ disks: 2 }), codes: FORBIDDEN },
  {
    name: 'zip64 sizes that are missing in the directory',
    members: extra({ central: { size: MAX } }),
    codes: MALFORMED,
  },
  {
    name: 'zip64 sizes that are missing in the local header',
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

const cuts: readonly ZipTrick[] = [
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
  { name: 'no byte at all', change: () => Buffer.alloc(0), codes: ['FILE_EMPTY'] },
  { name: 'only an end record', change: () => writeZip([]), codes: ['PT_NOT_TORCH', 'NOT_SB3'] },
  {
    name: 'a name that is not UTF-8',
    members: extra({ name: 'qqqqqq' }),
    change: (file) =>
      Buffer.from(file.toString('latin1').replaceAll('qqqqqq', '\xff\xfe\xc0\xaf\xed\xa0'), 'latin1'),
    codes: MALFORMED,
  },
];

const TRICKS = [
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

/** Containers that are wrong as containers: of a forecast model, or of a policy. */
export function hostileZips(role: 'forecast' | 'policy'): HostileFile[] {
  return TRICKS.map(({ name, members = [], end = {}, change, codes }) => {
    const file = role === 'forecast' ? forecast({ extra: members, end }) : policy(members, end);
    return { name: `zip: ${name}`, bytes: change === undefined ? file : change(file), codes };
  });
}

const forecast = (options: TorchOptions) => writeTorch(patchTst(), options);
const policyMembers = (): Member[] => [
  { name: 'data', content: Buffer.from(JSON.stringify(policyData())) },
  { name: 'policy.pth', content: writeTorch(policyTensors()) },
];
const policy = (members: readonly Member[], end: EndFields) =>
  writeZip([...policyMembers(), ...members], end);

const byteOrder = (change: Partial<Member>) =>
  forecast({ extra: [{ name: 'archive/byteorder', content: Buffer.from('little'), ...change }] });
const wrongCrc = { crc: 0x12345678 };
const LIE = { size: 3 };

/** Containers whose members are not what they say, found when they are read. */
export function hostileMembers(role: 'forecast' | 'policy'): HostileFile[] {
  if (role === 'policy') {
    const [data, inner] = policyMembers() as [Member, Member];
    return [
      {
        name: 'data with another CRC',
        bytes: writeZip([{ ...data, local: wrongCrc, central: wrongCrc }, inner]),
        codes: MALFORMED,
      },
      {
        name: 'policy.pth with another CRC inside',
        bytes: writeZip([data, { ...inner, content: flipped(Buffer.from(inner.content)) }]),
        codes: [...MALFORMED, 'TENSOR_BOUNDS', 'PICKLE_MALFORMED', 'WEIGHT_NOT_FINITE'],
      },
      {
        name: 'data of 9 MB',
        bytes: writeZip([{ name: 'data', content: zeros(9 * MIB), deflated: true }, inner]),
        codes: TOO_LARGE,
      },
      {
        name: 'policy.pth that is a zip bomb',
        bytes: writeZip([
          data,
          {
            name: 'policy.pth',
            content: forecast({ extra: [{ name: 'zeros', content: zeros(65 * MIB), deflated: true }] }),
          },
        ]),
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
        name: 'policy.pth that is another archive of its kind',
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
      name: 'a member with another CRC',
      bytes: byteOrder({ local: wrongCrc, central: wrongCrc }),
      codes: MALFORMED,
    },
    {
      name: 'a deflated member that is longer than it says',
      bytes: byteOrder({ deflated: true, local: LIE, central: LIE }),
      codes: MALFORMED,
    },
    {
      name: 'a deflated member that is shorter than it says',
      bytes: byteOrder({ deflated: true, local: { size: 60 }, central: { size: 60 } }),
      codes: MALFORMED,
    },
    {
      name: 'a deflated member with bytes behind its stream',
      bytes: byteOrder(behindStream()),
      codes: MALFORMED,
    },
    {
      name: 'a deflated member that is no deflate',
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
      bytes: forecast({ pickle: zeros(17 * MIB), member: { deflated: true, descriptor: undefined } }),
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
      name: 'weights whose CRC is another',
      bytes: flipped(forecast({})),
      codes: [...MALFORMED, 'WEIGHT_NOT_FINITE'],
    },
  ];
}

/** The stream of `little`, and then bytes that belong to no stream. */
function behindStream(): Partial<Member> {
  const stream = Buffer.concat([deflateRawSync(Buffer.from('little')), Buffer.from('more')]);
  const sizes = { size: 6, compressedSize: stream.length };
  return { method: 8, content: stream, local: sizes, central: sizes };
}

/** One bit of the first weight turned over. */
function flipped(file: Buffer): Buffer {
  const changed = Buffer.from(file);
  const at = changed.indexOf(Buffer.from(Float32Array.of(0.5, 0.5, 0.5).buffer));
  changed[at] = (changed[at] ?? 0) ^ 0x10;
  return changed;
}
