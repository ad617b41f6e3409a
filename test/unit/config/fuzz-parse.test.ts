import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkValues } from '../../../src/lib/config/check.ts';
import { parseDotenv } from '../../../src/lib/config/dotenv.ts';
import { parseDocument } from '../../../src/lib/config/parse/parse-document.ts';
import { parseValues } from '../../../src/lib/config/parse/parse-values.ts';
import { CORPUS, mutatedText } from './corpus.ts';

/** The seed is fixed, so that a failure of today fails tomorrow as well. */
const RUNS = { numRuns: 600, seed: 20240607 };

describe('the quick and the thorough parser', () => {
  test.each(CORPUS)('agree on the text that begins %j', async text => {
    const quick = await parseValues(text);
    const thorough = await parseDocument(text, 'f.yaml');
    expect(quick).toBeDefined();
    expect(thorough.problems).toEqual([]);
    expect(thorough.values).toEqual(quick);
  });

  test('agree on every mutation that both accept, and no mutation makes either of them throw', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(mutatedText(), async text => {
        const quick = await parseValues(text);
        const { values, problems } = await parseDocument(text, 'f.yaml');
        if (quick === undefined || problems.length > 0) return;
        accepted += 1;
        expect(values).toEqual(quick);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(100);
  });

  test('what the quick one and the checker accept, the thorough one finds nothing wrong with', async () => {
    const disputed: string[] = [];
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(mutatedText(), async text => {
        const quick = await parseValues(text);
        if (checkValues(quick, { stage: 'raw' }).some(finding => finding.severity === 'error')) return;
        if (quick === undefined) return;
        accepted += 1;
        const { problems } = await parseDocument(text, 'f.yaml');
        if (problems.length > 0) disputed.push(`${JSON.stringify(text)}: ${problems[0]?.message}`);
      }),
      { ...RUNS, seed: 7 },
    );
    expect(disputed).toEqual([]);
    expect(accepted).toBeGreaterThan(30);
  });

  test('every problem has a place inside the text and something to do', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedText(), async text => {
        const { problems, place } = await parseDocument(text, 'f.yaml');
        const lines = text.split(/\r\n|\r|\n/).length;
        for (const problem of problems) {
          expect(problem.hint).toBeTruthy();
          expect(problem.place?.line).toBeGreaterThanOrEqual(1);
          expect(problem.place?.line).toBeLessThanOrEqual(lines + 1);
          expect(problem.place?.column).toBeGreaterThanOrEqual(1);
        }
        expect(place(['train', 'seed']).line).toBeGreaterThanOrEqual(1);
      }),
      { ...RUNS, numRuns: 300, seed: 11 },
    );
  });

  test('whatever is read, checking it never throws', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedText(), async text => {
        const { values } = await parseDocument(text, 'f.yaml');
        for (const stage of ['raw', 'resolved'] as const) {
          for (const finding of checkValues(values, { stage })) expect(finding.message).not.toBe('');
        }
      }),
      { ...RUNS, numRuns: 300, seed: 13 },
    );
  });
});

describe('texts that one parser is stricter about than others', () => {
  test.each([
    ['a list whose bracket closes below its key', 'train:\n  models: [\n    linearsvc,\n    randomforest\n  ]\n'],
    ['a map whose brace closes below its key', 'train: {\n  models: [ linearsvc, randomforest ] # both\n}\n'],
    ['a tab behind the colon of a flow map', 'train:\t{ models: [linearsvc, randomforest] }\n'],
  ])('%s is right: editors and other tools write it so', async (_what, text) => {
    const { values, problems, place } = await parseDocument(text, 'f.yaml');
    expect(problems).toEqual([]);
    expect(values).toEqual({ train: { models: ['linearsvc', 'randomforest'] } });
    expect(place(['train', 'models', '1']).line).toBeGreaterThanOrEqual(1);
  });

  test.each(['train: {\nseed: 1\n}\n', 'a: "x\ny"\n', 'a: [\n\t1,\n\t2\n]\n'])('%j is still an error', async text => {
    expect((await parseDocument(text, 'f.yaml')).problems).not.toEqual([]);
  });
});

test('a control character, which only the quick parser minds, is an error at its place', async () => {
  const { problems } = await parseDocument('a: 1\nb: x\u0007y\n', 'f.yaml');
  expect(problems.map(({ message, place }) => [message, place?.line])).toEqual([
    ['the stream contains non-printable characters', 2],
  ]);
});

test('of a key that is given twice the first place counts', async () => {
  const { place, problems } = await parseDocument('a: 1\nb: 2\na: 3\n', 'f.yaml');
  expect([place(['a']).line, problems[0]?.place?.line]).toEqual([1, 3]);
});

describe('any text as .env', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('A=1', 'export B="x', "C='y'", '"', "'", '# c', '=', 'D= # d', 'E="a\\"b" # e', '\\'),
  );
  const text = fc
    .array(line, { maxLength: 8 })
    .chain(lines => fc.constantFrom('\n', '\r\n', '\r').map(end => lines.join(end)));

  test('never throws, and each name and each problem stands on a line of the file', () => {
    fc.assert(
      fc.property(text, given => {
        const { entries, problems } = parseDotenv(given, '.env');
        const lines = given.replace(/\r\n?/g, '\n').split('\n').length;
        for (const at of [
          ...[...entries.values()].map(entry => entry.line),
          ...problems.map(({ place }) => place?.line),
        ]) {
          expect(at).toBeGreaterThanOrEqual(1);
          expect(at).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  test('a value in single quotes is read as it is written, one in double quotes as JSON has it', () => {
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,6}$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, fc.string()), { selector: ([key]) => key, maxLength: 5 }), pairs => {
        const single = pairs.map(([key, value]) => [key, value.replaceAll("'", '')] as const);
        const read = (given: string) => {
          const { entries, problems } = parseDotenv(given, '.env');
          expect(problems).toEqual([]);
          return [...entries].map(([key, entry]) => [key, entry.value]);
        };
        expect(read(single.map(([key, value]) => `${key}='${value}'\n`).join(''))).toEqual(single);
        const escaped = (value: string) => value.replace(/[\\"$]/g, '\\$&');
        expect(read(pairs.map(([key, value]) => `export ${key}="${escaped(value)}" # c\n`).join(''))).toEqual(pairs);
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  test('a megabyte of blanks in a value took minutes, as each of them was tried as the start of a comment', () => {
    const { entries } = parseDotenv(`A=x${' '.repeat(1_000_000)}y\nB=z${' '.repeat(1_000_000)}# c\n`, '.env');
    expect(entries.get('A')?.value).toHaveLength(1_000_002);
    expect(entries.get('B')?.value).toBe('z');
  });
});
