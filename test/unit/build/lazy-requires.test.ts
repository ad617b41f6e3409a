import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { makeRequiresLazy } from '../../../scripts/build/lazy-requires.ts';

const lazy = (source: string) => makeRequiresLazy(source, request => `require(${JSON.stringify(request)})`);

/** Runs the code and tells in which order it required what. */
function run(code: string): { exports: Record<string, unknown>; log: string[] } {
  const log: string[] = [];
  const modules: Record<string, unknown> = {
    './a': {
      add: (x: number, y: number) => x + y,
      nested: {
        Box: class {
          value = 7;
        },
      },
      Box: class {
        value = 3;
      },
    },
    './b': { __esModule: true, default: (text: string) => `<${text}>` },
  };
  const exports: Record<string, unknown> = {};
  const require = (name: string) => {
    log.push(name);
    return modules[name];
  };
  const helper = 'var __importDefault = m => (m && m.__esModule ? m : { default: m });\n';
  vm.runInNewContext(helper + code, { exports, require });
  return { exports, log };
}

describe('lazy requires', () => {
  it('load on first use, once', () => {
    const { code, rewritten, kept } = lazy(
      'const a_1 = require("./a");\nexports.sum = () => (0, a_1.add)(1, 2) + a_1.add(3, 4);\nexports.other = 1;',
    );
    const { exports, log } = run(code);
    expect({ rewritten, kept, log: [...log] }).toEqual({ rewritten: 1, kept: [], log: [] });
    expect((exports['sum'] as () => number)()).toBe(10);
    expect((exports['sum'] as () => number)()).toBe(10);
    expect(log).toEqual(['./a']);
  });

  it('keep what is constructed: new x_1.Y() must not construct x_1', () => {
    const { code } = lazy(
      'const a_1 = require("./a");\nexports.v = [new a_1.Box().value, new a_1.nested.Box().value];',
    );
    expect(run(code).exports['v']).toEqual([3, 7]);
  });

  it('keep the wrappers of default imports, in both quotes', () => {
    const { code } = lazy("const b_1 = __importDefault(require('./b'));\nexports.v = b_1.default('x');");
    expect(run(code).exports['v']).toBe('<x>');
  });

  it('do not touch other names that contain the name, properties and text', () => {
    const { code } = lazy(
      'const a_1 = require("./a");\nconst a_10 = { "a_1": "a_1" };\nexports.v = [a_10.a_1, a_1.add(1, 1)];',
    );
    expect(code).toContain('a_10.a_1,');
    expect(run(code).exports['v']).toEqual(['a_1', 2]);
  });

  it('leave an indented require alone and report a top-level one of another form', () => {
    const { code, rewritten, kept } = lazy(
      'function f() {\n  const x = require("./a");\n  return x;\n}\nexports.a = require("./a");',
    );
    expect({ rewritten, kept }).toEqual({ rewritten: 0, kept: ['exports.a = require("./a");'] });
    expect(code).toContain('  const x = require("./a");');
  });
});
