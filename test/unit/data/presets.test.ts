import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import { PRESETS, presetNamed, presetOf } from '../../../src/lib/data/presets.ts';
import { TEMPLATES } from '../../../src/lib/project/templates.ts';
import { repositoryRoot } from '../../helpers/run-cli.ts';
import { Desk } from './fetch/desk.ts';

describe.for(PRESETS)('the preset $name', preset => {
  test('is what init writes into a project of that name', async () => {
    const facts = TEMPLATES[preset.name as keyof typeof TEMPLATES];
    expect([facts.source, facts.dataset, facts.file]).toEqual([preset.source, preset.ref, preset.file]);
    const text = fs.readFileSync(path.join(repositoryRoot, 'templates', preset.name, 'dataset.yaml'), 'utf8');
    const desk = new Desk(`dataset:\n${text.replace(/^/gm, '  ')}`);
    const { config } = await loadProject({ cwd: desk.dir, env: {}, home: desk.dir });
    const { type, header, encoding, columns, text: textColumn, label, labels } = config.dataset.format;
    const { format } = preset;
    expect({ type, header, encoding, text: textColumn, label }).toEqual({
      type: format.type,
      header: format.header,
      encoding: format.encoding,
      text: format.text,
      label: format.label,
    });
    if (!header) expect(columns).toEqual(format.columns);
    // The labels of the reference dataset are merged below every map.
    expect(labels).toMatchObject(format.labels);
    expect(config.dataset.checks.minRows).toBeLessThanOrEqual(preset.expected.rows);
  });

  test('agrees with itself', () => {
    const { format, expected, name, source, ref } = preset;
    expect(format.columns).toEqual(expect.arrayContaining([format.text, format.label]));
    if (expected.labels !== undefined) {
      expect(Object.keys(expected.labels)).toEqual(Object.keys(format.labels));
      expect(Object.values(expected.labels).reduce((sum, rows) => sum + rows, 0)).toBe(expected.rows);
    }
    expect(presetNamed(name)).toBe(preset);
    expect(presetOf(source, ref.toUpperCase())).toBe(preset);
    expect(presetOf('http', ref)).toBe(null);
  });
});

test('what is no preset is none', () => {
  expect(presetNamed('toString')).toBe(null);
  expect(presetOf('kaggle', 'imdb')).toBe(null);
});

test('without a project file the defaults are the first preset', async () => {
  const desk = new Desk();
  const { config } = await loadProject({ cwd: desk.dir, env: {}, home: desk.dir });
  const [preset] = PRESETS;
  expect([config.dataset.source, config.dataset.ref, config.dataset.file]).toEqual([
    preset?.source,
    preset?.ref,
    preset?.file,
  ]);
  expect(config.dataset.format).toEqual({ ...preset?.format, delimiter: ',' });
});
