import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finishWord, hashBytes, hashText, mixWord, SPARK_SEED } from '../../../src/lib/text/murmur3.ts';

// Murmur3_x86_32 of Spark 4.3, seed 42: hashUnsafeBytes2 (Spark 3 and later), hashUnsafeBytes (Spark 2).
test.each<[string, number, number]>([
  ['', 142593372, 142593372],
  ['q', -193628247, 8338346],
  ['md', -602914816, 473651182],
  ['kia', -1851394116, -851264275],
  ['snmw', -893306289, -893306289],
  ['quahb', -996385873, 1300371697],
  ['ulcxjk', 2025852649, -1085219420],
  ['qjboids', 888724589, -1686864264],
  ['cvxvbjxq', -2025771819, -2025771819],
  ['miwshmvdn', -711649980, 1075918705],
  ['pazysuxsys', -374027078, -1156152734],
  ['wadotmnmxsn', -199546059, 1653486346],
  ['yjtjwozqkkmj', 154365715, 154365715],
  ['haqmjmxiirjao', -485596105, 89432862],
  ['ahjszobzfcofob', 183039984, -1945586499],
  ['plkgxcnvsqppaxr', 1554246138, -1720686875],
  ['tfbbnfcvhwsfdsry', 1856002135, 1856002135],
  ['ymdynewpfxeooqduq', 963955092, 1771911716],
  ['tlgdvlbmjwbyrldowt', 2098679109, -892637332],
  ['fnrrttjzfempsaweesp', 38760049, -1584756688],
  ['3\u00a6g\u0153\u6dc8\u01a8>\ud83c\udf88\u035c', 208585623, 2103830002],
  ['o\u5ac6\u02ec\u6e95\ud83d\uddb1\u53c42', 807107009, -1229992015],
  ['\u5995i\ud83d\udd91:A\u625b', 554700721, -1707944302],
  ['\ud83c\udf51\ud83d\udc8a\ud83d\udc86\u01dbm:\u01137', -1527502347, 1683912704],
  ['\ud83d\udcaf\u04af\u0186\ud83d\udd8e$\u7408\ud83d\udca2\u9731', -1667114793, -1019469661],
  ['\u043a\ud83d\udc89', -897488675, 2090199297],
  ['\u7f48\u641f\u929cj', 172461147, -1025005503],
  ['\u773f\ud83d\udca9\u5484\ud83d\udcec\ud83d\udc43\u90b4', 969259490, -1451989627],
  ['+', 889972515, -1118994569],
  ['l\u6f98\u540cP', 2086585326, 2086585326],
  ['\ud83c\udfd1\u0338\u8679', -1327171455, -1314062257],
  ['#Y\ud83c\udf0e\u5071\u65f1\u02cd\u0116R', 912281329, 1597702731],
  ['\u0384', -2027808224, 1493050423],
  ['\u6d77\ud83d\udc59\u01d2\u74bb\u6f2b\u04fe\u018a=', 1052620469, 1052620469],
  ['\ud83d\udcdf\u0472\u664b\u8143\ud83d\udc27\ud83d\udc84', 179788191, 179788191],
  ['!', -1637351844, -414944962],
  ['\u03ed=\ud83d\uddce\u052c(', 1730259675, -1177738162],
  ['V\ud83c\udf65\u018f\ud83c\udf00\u0478\u042a\ud83d\udc95', -201011195, -1549657330],
  ['\u8534\ud83d\udc13', -483320928, -2020197518],
  ['\ud83d\udd1e\u03dc', 23864038, 350670826],
])('%j', (text, spark3, spark2) => {
  expect(hashText(text)).toBe(spark3);
  expect(hashText(text, 'spark2')).toBe(spark2);
});

const MASK = 0xffffffffn;
const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (32n - by))) & MASK;

/** The published description of MurmurHash3_x86_32 in integers without limit: nothing shared with ours. */
function hashSlowly(bytes: readonly number[], seed: number): number {
  const scramble = (word: bigint) => (rotate((word * 0xcc9e2d51n) & MASK, 15n) * 0x1b873593n) & MASK;
  let hash = BigInt(seed) & MASK;
  const full = bytes.length - (bytes.length % 4);
  const wordAt = (from: number, to: number) =>
    bytes.slice(from, to).reduce((word, byte, index) => word | (BigInt(byte) << BigInt(8 * index)), 0n);
  for (let at = 0; at < full; at += 4)
    hash = (rotate(hash ^ scramble(wordAt(at, at + 4)), 13n) * 5n + 0xe6546b64n) & MASK;
  hash ^= scramble(wordAt(full, bytes.length)) ^ BigInt(bytes.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & MASK;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & MASK;
  return Number(BigInt.asIntN(32, hash ^ (hash >> 16n)));
}

test('any bytes and any seed hash as the published description says', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer(), (bytes, seed) => {
      expect(hashBytes(bytes, 0, bytes.length, 'spark3', seed)).toBe(hashSlowly([...bytes], seed));
    }),
    { numRuns: 500 },
  );
});

test('the words of a text, one by one, give its hash', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 8 }), fc.integer({ min: 0, max: 0xffffff }), (words, rest) => {
      const bytes = new Uint8Array(words.length * 4 + 3);
      const view = new DataView(bytes.buffer);
      for (const [index, word] of words.entries()) view.setInt32(index * 4, word, true);
      for (let at = 0; at < 3; at++) bytes[words.length * 4 + at] = rest >> (8 * at);
      const state = words.reduce(mixWord, SPARK_SEED);
      expect(finishWord(state, rest, bytes.length)).toBe(hashBytes(bytes, 0, bytes.length));
      expect(finishWord(state, 0, bytes.length - 3)).toBe(hashBytes(bytes, 0, bytes.length - 3));
    }),
  );
});

test('of texts of one length up to four bytes no two have the same hash: the table of stop words counts on it', () => {
  for (const length of [1, 2]) {
    const hashes = new Set<number>();
    const many = 256 ** length;
    for (let number = 0; number < many; number++) hashes.add(hashBytes(Uint8Array.of(number, number >> 8), 0, length));
    expect(hashes.size).toBe(many);
  }
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 3, maxLength: 4 }),
      fc.uint8Array({ minLength: 3, maxLength: 4 }),
      (a, b) => {
        const isSame = a.length === b.length && a.every((byte, index) => byte === b[index]);
        if (a.length === b.length) expect(hashBytes(a, 0, a.length) === hashBytes(b, 0, b.length)).toBe(isSame);
      },
    ),
  );
});
