import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainValue } from '../../../src/lib/config/explain.ts';
import { projectNames } from '../../../src/lib/config/interpolate/project-names.ts';
import { createResolver } from '../../../src/lib/config/interpolate/resolver.ts';
import { UnresolvedReference } from '../../../src/lib/config/interpolate/unresolved-reference.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { isSecret } from '../../../src/lib/config/secret-type.ts';
import { showProject } from '../../../src/lib/config/show.ts';
import type { Json } from '../../../src/lib/config/types.ts';
import { validateProject } from '../../../src/lib/config/validate.ts';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { mutatedText } from './corpus.ts';
import { request, tempProject } from './temp-project.ts';

const NAMES = ['a', 'b', 'c', 'd'];

/** Texts of references in all forms, right and wrong, to each other and to what there is and is not. */
const template = fc
  .array(
    fc.oneof(
      fc.constantFrom('x', ' ', '$', '$$', '{', '}', '$${', '-', ':-', '${', '${}', '${:-}', 'é😀', '0', 'true'),
      fc.constantFrom(...NAMES.map(name => `\${top.${name}}`), ...NAMES.map(name => `\${top.${name}:-d}`)),
      fc.constantFrom('${var.v}', '${var.n}', '${var.none}', '${var.m.k}', '${env.SET}', '${env.NOT}', '${env.NOT:-}'),
      fc.constantFrom('${secret.s}', '${secret.s:-}', '${secret.none:-x}', '${date:yyyy}', '${date:q}', '${target}'),
      fc.constantFrom(
        '${top}',
        '${top.list}',
        '${top.list.0}',
        '${top.list.9:-${top.a}}',
        '${__proto__}',
        '${env.toString}',
      ),
      fc.constantFrom(
        '${env.NOT:-${env.NOT:-${top.b}}}',
        '${constructor.name}',
        '${top.a.b.c}',
        '${project.dir}',
        '${["x"]}',
      ),
    ),
    { maxLength: 4 },
  )
  .map(parts => parts.join(''));

function resolverOf(top: Json) {
  const tree = { top, variables: { v: { default: 'V' }, n: { default: 7 }, m: { default: { k: true } } } };
  const typed = (type: 'string' | 'integer' | 'map') => ({
    type,
    isTyped: true,
    env: [],
    description: undefined,
    secret: false,
  });
  const secret = {
    kind: 'secret' as const,
    names: ['s'],
    reveal: async () => 'hidden-value',
    toJSON: () => '[secret s]',
  };
  const names = projectNames({
    tree,
    definitions: new Map([
      ['v', typed('string')],
      ['n', typed('integer')],
      ['m', typed('map')],
    ]),
    env: name => (name === 'SET' ? 'set' : undefined),
    dir: '/nonexistent',
    cwd: '/nonexistent',
    target: null,
    now: new Date(0),
    secret: name => (name === 's' ? { ...secret, toString: () => '[secret s]' } : undefined),
    secretNames: ['s'],
    placeName: () => undefined,
  });
  return createResolver(tree, names);
}

describe('any text with references', () => {
  const tree = fc.record({
    a: template,
    b: template,
    c: fc.oneof(template, fc.integer()),
    d: fc.oneof(template, fc.constant(null)),
    list: fc.array(template, { maxLength: 2 }),
  });

  test('is resolved, or refused with the path of the text that is wrong and something to do', () => {
    let resolved = 0;
    fc.assert(
      fc.property(tree, top => {
        const resolver = resolverOf(top);
        for (const key of ['a', 'b', 'c', 'd', 'list']) {
          try {
            resolver.resolveAt(['top', key]);
            resolved += 1;
          } catch (error) {
            if (!(error instanceof UnresolvedReference)) throw error;
            expect(error.path.slice(0, 1).concat(error.hint === '' ? ['no hint'] : [])).toEqual(['top']);
          }
        }
      }),
      { numRuns: 3000, seed: 17 },
    );
    expect(resolved).toBeGreaterThan(3000);
  });

  test('gives the same whatever was resolved before it', () => {
    const outcome = (resolver: ReturnType<typeof resolverOf>, key: string) => {
      try {
        return JSON.stringify(resolver.resolveAt(['top', key]));
      } catch (error) {
        return error instanceof UnresolvedReference ? error.fault : 'thrown';
      }
    };
    fc.assert(
      fc.property(tree, fc.shuffledSubarray(['a', 'b', 'c', 'd', 'list'], { minLength: 5 }), (top, order) => {
        const shared = resolverOf(top);
        for (const key of order) expect(outcome(shared, key)).toBe(outcome(resolverOf(top), key));
      }),
      { numRuns: 1000, seed: 19 },
    );
  });

  test('never shows a secret: what holds one is one', () => {
    fc.assert(
      fc.property(template, text => {
        let value: unknown;
        try {
          value = resolverOf({ a: `${text}\${secret.s}` }).resolveAt(['top', 'a']);
        } catch {
          return;
        }
        if (typeof value === 'string') expect(value).not.toContain('hidden-value');
        else expect(isSecret(value)).toBe(true);
      }),
      { numRuns: 1000, seed: 23 },
    );
  });

  test('text without a reference stays as it is, and an escaped one loses one dollar', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter(text => !text.includes('${')),
        text => {
          const resolve = (a: string) => resolverOf({ a }).resolveAt(['top', 'a']);
          expect(resolve(text)).toBe(text);
          const before = text.endsWith('$') ? '' : text;
          expect(resolve(`${before}$\${x}`)).toBe(`${before}\${x}`);
        },
      ),
      { numRuns: 500, seed: 29 },
    );
  });
});

describe('a project of files after accidents', () => {
  test('two thousand broken ones: each is judged, none makes validate throw, and load agrees with it', async () => {
    const dir = tempProject({ 'conf/part.yaml': 'train: { seed: 1 }\n', 'more.yaml': 'serve: { name: x }\n' });
    const main = path.join(dir, 'sentops.yaml');
    const local = path.join(dir, 'sentops.local.yaml');
    const verdicts = { ok: 0, bad: 0 };
    await fc.assert(
      fc.asyncProperty(mutatedText(), fc.option(mutatedText(), { freq: 3 }), async (text, beside) => {
        fs.writeFileSync(main, text);
        if (beside === null) fs.rmSync(local, { force: true });
        else fs.writeFileSync(local, beside);
        const { ok, problems } = await validateProject(request(dir));
        verdicts[ok ? 'ok' : 'bad'] += 1;
        for (const { message, place } of problems) {
          expect(message).not.toBe('');
          expect(place === null || /^(sentops|sentops\.local|more|conf.part)\.yaml$/.test(place.file)).toBe(true);
        }
        const said = problems.map(({ place, message }) => `${place?.file}:${place?.line}:${place?.column} ${message}`);
        expect(new Set(said).size).toBe(said.length);
        const error = await loadProject(request(dir)).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) {
          expect(error).toBeInstanceOf(SentopsError);
          expect(ok).toBe(false);
        }
      }),
      { numRuns: 2000, seed: 31 },
    );
    expect(verdicts.ok).toBeGreaterThan(30);
    expect(verdicts.bad).toBeGreaterThan(500);
  });

  test('looking at one shows it, or says what is wrong', async () => {
    const dir = tempProject({});
    await fc.assert(
      fc.asyncProperty(mutatedText(), async text => {
        fs.writeFileSync(path.join(dir, 'sentops.yaml'), text);
        const looks = [
          showProject(request(dir), { origins: true }),
          showProject(request(dir), { resolved: true, section: 'train' }),
          explainValue(request(dir), 'train.seed'),
        ];
        for (const result of await Promise.allSettled(looks)) {
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(SentopsError);
        }
      }),
      { numRuns: 200, seed: 37 },
    );
  });
});
