import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../../src/lib/config/fields/index.ts';
import { envName, listFields } from '../../../src/lib/config/names.ts';
import { renderReference } from '../../../src/lib/config/reference-doc.ts';

const text = renderReference();
const rows = text.split('\n').filter(line => line.startsWith('|'));

describe('the reference of the project file', () => {
  it('has one row for each value, with all its names', () => {
    for (const { path, field } of listFields()) {
      const own = rows.filter(row => row.startsWith(`| \`${path}\` |`));
      expect(own, path).toHaveLength(1);
      const [row = ''] = own;
      if (!field.meta.fileOnly) expect(row).toContain(`\`${envName(path)}\``);
      for (const name of field.meta.env ?? []) expect(row).toContain(`\`${name}\``);
      if (field.meta.flag) expect(row).toContain(`\`--${field.meta.flag}\``);
      if (field.meta.driver) expect(row).toContain(`\`${field.meta.driver}\``);
    }
  });

  it('has a heading for each section', () => {
    for (const [key, node] of Object.entries(FIELDS.fields)) {
      expect(text.includes(`\n## ${key}\n`)).toBe(node.node === 'section');
    }
  });

  it('shows the keys inside items, but not the whole file again for targets and variants', () => {
    expect(text).toContain('| `notify.<n>.webhook` | text, secret |');
    expect(text).toContain('| `secrets.<name>.file` | path |');
    expect(text).toContain('| `variables.<name>.default` | any |');
    expect(text).toContain('| `targets.<name>.mode` |');
    expect(text).toContain('| `train.variants.<name>.experiment` |');
    expect(text).not.toContain('`targets.<name>.train');
    expect(text).not.toContain('`train.variants.<name>.numFeatures`');
  });

  it('writes types, ranges and choices short', () => {
    expect(text).toContain('| `train.numFeatures` | integer 1…268435456 | `32768` | `--num-features` |');
    expect(text).toContain('| `train.trainRatio` | number &gt; 0, ≤ 1 | `0.8` |');
    expect(text).toContain('| `serve.sourceType` | file \\| kafka \\| stdin | `"file"` |');
    expect(text).toContain('| `rollout.canary.steps` | list of integer 1…100 | `[10,50,100]` |');
  });

  it('is a table that no cell tears apart', () => {
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|'), row).toHaveLength(9);
    expect(text).not.toMatch(/ {2,}$|undefined|\[object/m);
  });

  it('puts long defaults under the table', () => {
    expect(text).toContain('Default of `train.grid`:\n\n```json\n{\n  "logisticregression": {');
    expect(Math.max(...rows.map(row => row.length))).toBeLessThan(600);
  });

  it('is the same text each time and ends with a line break', () => {
    expect(renderReference()).toBe(text);
    expect(text.endsWith('\n')).toBe(true);
    expect(text.endsWith('\n\n')).toBe(false);
  });
});
